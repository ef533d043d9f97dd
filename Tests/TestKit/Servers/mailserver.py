"""A mail server for tests. Prints "port N" when it listens, then one line of JSON for each mail it has taken.

mailserver.py MODE [CERTIFICATE KEY] [FAULT...]
MODE: plain, starttls, tls, login, starttls-login. FAULT: greylist:N, doubt:ADDRESS:N, busy:N, turn:N, refuse:ADDRESS
"""
import asyncio, base64, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

mode, rest = sys.argv[1], sys.argv[2:]
context = None
starttls, login = mode.startswith("starttls"), mode.endswith("login")
if starttls or mode == "tls":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(rest[0], rest[1])
    rest = rest[2:]
left = {what: int(count) for what, count in (word.rsplit(":", 1) for word in rest if not word.startswith("refuse:"))}
refused = {word.split(":")[1] for word in rest if word.startswith("refuse:")}


def take(name):
    if left.get(name, 0) <= 0:
        return False
    left[name] -= 1
    return True


def tell(server, envelope, session):
    mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data and session.auth_data.decode(),
            "content": base64.b64encode(envelope.original_content).decode()}
    print(json.dumps(mail), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in refused:
            return "550 5.1.1 no such user"
        if take("greylist") or take("doubt:" + address):
            return "451 4.7.1 greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if take("busy"):
            return "452 4.3.1 no space"
        tell(server, envelope, session)
        return "250 OK taken"


def admit(server, session, envelope, mechanism, data):
    good = data.login == b"reports" and data.password == b"open sesame"
    return AuthResult(success=good, handled=False, auth_data=data.login)


class Server(SMTP):
    greeted = False

    async def push(self, status):
        if not self.greeted:
            self.greeted = True
            if take("turn"):
                await super().push("554 5.3.2 mail.test is not accepting mail at the moment")
                self.transport.close()
                return
        await super().push(status)


def server():
    return Server(Handler(), hostname="mail.test", tls_context=context if starttls else None, require_starttls=starttls,
                authenticator=admit if login else None, auth_required=login, auth_require_tls=False)


async def main():
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print("port", listening.sockets[0].getsockname()[1], flush=True)
    # The test process closes our input when it ends.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
