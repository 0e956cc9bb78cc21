-- The PBX's role in the desk's database: it reads who may register from a browser now, and nothing else.
-- Run after `manage.py migrate`, by whoever owns the database; the password is that of site/res_pgsql.conf.
create role taxi_pbx login password 'PASSWORD' connection limit 5;
alter role taxi_pbx set statement_timeout = '2s';
grant usage on schema public to taxi_pbx;
grant select on telephony_line_auth to taxi_pbx;
