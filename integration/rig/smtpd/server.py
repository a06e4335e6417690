"""A mail server for tests: aiosmtpd, controlled by files in its folder.

usage: server.py FOLDER OPTIONS

OPTIONS is JSON: certificate, implicit, user, password, mechanisms. Each accepted mail
becomes a line of JSON in FOLDER/mails. FOLDER/policy is JSON, read again for every
command: the responses to MAIL, to each RCPT and to DATA; how many times DATA fails with
451; a text for which DATA is refused. While FOLDER/hold exists, no DATA is answered.
"""

import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, folder):
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def policy(self):
        try:
            with open(self.path("policy"), encoding="utf-8") as f:
                return json.load(f)
        except FileNotFoundError:
            return {}

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self.policy().get("mail")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.policy().get("rcpt", {}).get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        while os.path.exists(self.path("hold")):
            await asyncio.sleep(0.01)
        text = envelope.content.decode("latin-1")
        policy = self.policy()
        if self.fails():
            return "451 4.3.0 not now"
        if policy.get("data"):
            return policy["data"]
        if policy.get("refuse") and policy["refuse"] in text:
            return "554 5.7.1 we do not want that"
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "text": text,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": getattr(session.auth_data, "login", b"").decode(),
            "hello": session.host_name,
        }
        with open(self.path("mails"), "a", encoding="ascii") as f:
            f.write(json.dumps(mail) + "\n")
        return "250 2.0.0 taken"

    def fails(self):
        """Counts down the failures that are left in the file of that name."""
        try:
            with open(self.path("fail"), encoding="ascii") as f:
                left = int(f.read())
        except FileNotFoundError:
            return False
        if left <= 0:
            return False
        with open(self.path("fail"), "w", encoding="ascii") as f:
            f.write(str(left - 1))
        return True


def authenticator(options):
    def check(server, session, envelope, mechanism, data):
        good = (
            isinstance(data, LoginPassword)
            and data.login == options["user"].encode()
            and data.password == options["password"].encode()
        )
        return AuthResult(
            success=good, handled=False, auth_data=data if good else None
        )

    return check


async def main(folder, options):
    context = None
    if options.get("certificate"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["certificate"])
    implicit = bool(options.get("implicit"))
    settings = {"hostname": "mail.test", "enable_SMTPUTF8": True}
    if context and not implicit:
        settings["tls_context"] = context
    if options.get("user"):
        settings.update(
            authenticator=authenticator(options),
            auth_required=True,
            auth_require_tls=not implicit,
            auth_exclude_mechanism=[
                m for m in ("PLAIN", "LOGIN") if m not in options["mechanisms"]
            ],
        )
    handler = Handler(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, **settings),
        "127.0.0.1",
        0,
        ssl=context if implicit else None,
    )
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
