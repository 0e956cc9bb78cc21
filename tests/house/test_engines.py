import pytest
from django.db import connection


@pytest.mark.django_db
def test_cyrillic_is_found_in_any_case():
    with connection.cursor() as cursor:
        cursor.execute("select 'Привет Верa' ilike '%ПРИВЕТ%'")
        assert cursor.fetchone() == (True,)
