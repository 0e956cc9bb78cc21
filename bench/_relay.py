"""The bare minimum that `bin/bench pop` is compared with: AMI events straight to a WebSocket, a page that adds a line.

No database, no recognition, no permissions, no numbering: what it takes is the floor of this machine at this moment.
"""

import asyncio
import json
import sys
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

PAGE = """<!doctype html><title>relay</title><ol></ol><script>
const list = document.querySelector("ol");
new WebSocket(`ws://${location.host}/ws`).onmessage = (frame) => {
  const line = document.createElement("li");
  line.textContent = JSON.parse(frame.data).CallerIDNum;
  list.append(line);
};
</script>"""


async def main(ami_port: int, user: str, secret: str, port: int) -> None:
    desks: set[ServerConnection] = set()

    async def desk(connection: ServerConnection) -> None:
        desks.add(connection)
        await connection.wait_closed()
        desks.discard(connection)

    def page(connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/ws":
            return None
        headers = Headers({"Content-Type": "text/html", "Content-Length": str(len(PAGE))})
        return Response(HTTPStatus.OK, "OK", headers, PAGE.encode())

    async with serve(desk, "127.0.0.1", port, process_request=page):
        reader, writer = await asyncio.open_connection("127.0.0.1", ami_port)
        await reader.readline()
        writer.write(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())
        while True:
            message = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            headers = dict(line.split(": ", 1) for line in message.split("\r\n") if ": " in line)
            if headers.get("Event") == "Newchannel" and headers.get("Channel", "").startswith("PJSIP/trunk"):
                broadcast(desks, json.dumps(headers))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
