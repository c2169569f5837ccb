#!/usr/bin/env python3
"""Record what libotr's toolkit does: python3 record.py > recordings.json

Needs the six programs of Debian's libotr5-bin. Nothing of this project takes
part: the messages are written here by hand, encrypted by otr_readforge itself.
"""
import base64
import hashlib
import hmac
import json
import struct
import subprocess

recordings = []


def run(tool, *args, stdin=""):
    p = subprocess.run(["otr_" + tool, *args], input=stdin.encode(), capture_output=True)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def record(name, tool, *args, stdin=""):
    code, stdout, stderr = run(tool, *args, stdin=stdin)
    complaint = stderr.split("\n")[0]
    if complaint.startswith("Usage: "):
        complaint = ""
    recordings.append(dict(name=name, tool=tool, args=args, stdin=stdin,
                           code=code, stdout=stdout, complaint=complaint))
    return stdout


def u32(n):
    return struct.pack(">I", n)


def data(b):
    return u32(len(b)) + b


def head(version, kind):
    tags = u32(0x5a73a599) + u32(0x27e31597) if version == 3 else b""
    return struct.pack(">HB", version, kind) + tags


def armor(raw):
    return "?OTR:" + base64.b64encode(raw).decode() + "."


AES = bytes(range(16))
MAC = hashlib.sha1(AES).digest()
COUNTER = u32(0) + u32(7)


def authenticated(version, encrypted, dh=bytes(range(1, 193))):
    flags = b"\x01" if version > 1 else b""
    return head(version, 3) + flags + u32(2) + u32(3) + data(dh) + COUNTER + data(encrypted)


def encrypt(text):
    """AES-CTR, with the key stream that otr_readforge reveals."""
    blank = armor(authenticated(3, b"") + bytes(20) + data(b""))
    forged = run("readforge", AES.hex(), "A" * (len(text) + 1), stdin=blank)[1]
    raw = base64.b64decode(forged[5:forged.index(".")])
    stream = raw[len(authenticated(3, b"")):]
    return bytes(c ^ s ^ ord("A") for c, s in zip(text, stream))


def message(version, text, old=b"", **fields):
    a = authenticated(version, encrypt(text), **fields)
    return armor(a + hmac.new(MAC, a, hashlib.sha1).digest() + data(old))


commit = {v: armor(head(v, 0x02) + data(b"sealed" * 30) + data(bytes(range(32)))) for v in (2, 3)}
key = {v: armor(head(v, 0x0a) + data(bytes(range(1, 193)))) for v in (2, 3)}
reveal = {v: armor(head(v, 0x11) + data(b"0123456789abcdef") + data(b"sig" * 90) + b"m" * 20) for v in (2, 3)}
signature = {v: armor(head(v, 0x12) + data(b"sig" * 90) + b"m" * 20) for v in (2, 3)}
exchange = armor(struct.pack(">HBB", 1, 0x0a, 1) + b"".join(data(b) for b in (b"\x01\x02", b"\x00\x03", b"\x04", b""))
                 + u32(9) + data(b"\x05") + bytes(2) + b"r" * 18 + b"s" * 20)
hello = {v: message(v, b"hello\0", old=bytes(range(40))) for v in (1, 2, 3)}

for v in (2, 3):
    for name, m in (("D-H Commit", commit), ("D-H Key", key), ("Reveal Signature", reveal), ("Signature", signature)):
        record(f"{name}, version {v}", "parse", stdin=m[v] + "\n")
for v in (1, 2, 3):
    record(f"Data, version {v}", "parse", stdin=hello[v] + "\n")
record("Key Exchange, version 1", "parse", stdin=exchange)
record("a transcript", "parse", stdin="alice: ?OTRv23?\nbob: " + commit[3] + "\nalice: " + key[3] + "\nbob: " + reveal[3]
       + "\nalice: " + signature[3] + "\nbob: " + hello[3] + "\n?OTR Error: no\n?OTR,1,2,?OTQ,\nbye\n")
record("numbers with leading zeros", "parse", stdin=message(3, b"hello", dh=b"\0\0\x05"))
record("number zero", "parse", stdin=message(3, b"hello", dh=b""))
record("a piece of a MAC key", "parse", stdin=message(2, b"hello", old=bytes(25)))
record("trailing byte", "parse", stdin=armor(base64.b64decode(hello[3][5:-1]) + b"x"))
record("cut off", "parse", stdin=armor(base64.b64decode(hello[3][5:-1])[:-1]))
record("no period", "parse", stdin=hello[3][:-1])
record("line ends and foreign bytes inside", "parse", stdin=hello[3][:60] + "\r\n \u00e9" + hello[3][60:])
record("foreign byte among the first letters", "parse", stdin=hello[3][:6] + " " + hello[3][6:])
record("NUL inside", "parse", stdin=hello[3][:60] + "\0" + hello[3][60:] + commit[2])
record("padding inside", "parse", stdin=commit[2][:20] + "=" + commit[2][20:])
record("unknown version", "parse", stdin=armor(struct.pack(">HB", 4, 3)))
record("unknown type", "parse", stdin=armor(struct.pack(">HB", 3, 0x77)))
record("nothing", "parse", stdin="")
record("no armour", "parse", stdin="?OTR:===. ?OTR:. ?OTR: .")

record("high", "sesskeys", "05", "07")
record("low", "sesskeys", "05", "21")
record("equal", "sesskeys", "05", "20")
record("zero", "sesskeys", "", "00")
record("long", "sesskeys", "ab" * 40, "0123456789abcdef" * 24)
record("private key too long", "sesskeys", "00" * 41, "07")
record("odd digits", "sesskeys", "5", "07")
record("no digits", "sesskeys", "05", "0x")
record("mackey", "mackey", "00112233445566778899AABBCCDDEEFF")
record("mackey of wrong length", "mackey", "00")

for v in (1, 2, 3):
    record(f"read version {v}", "readforge", AES.hex(), stdin=hello[v])
    forged = record(f"forge version {v}", "readforge", AES.hex(), "I never said that", stdin=hello[v])
    record(f"parse the forgery, version {v}", "parse", stdin=forged)
record("TLVs are not shown", "readforge", AES.hex(), stdin=message(3, b"hi\0\0\x01\0\0"))
record("no NUL", "readforge", AES.hex(), stdin=message(3, "h\u00e9llo".encode()))
record("wrong key", "readforge", "00" * 16, stdin=hello[3])
record("forge with a wrong key", "readforge", "00" * 16, "new", stdin=hello[3])
record("empty text", "readforge", AES.hex(), "", stdin=hello[2])
record("no message", "readforge", AES.hex(), stdin="hello")
record("not a Data Message", "readforge", AES.hex(), stdin=commit[3] + hello[3])
record("malformed", "readforge", AES.hex(), stdin="?OTR:AAMD.")

for v in (1, 2, 3):
    modified = record(f"modify version {v}", "modify", MAC.hex(), "ell", "ipp", "1", stdin=hello[v])
    record(f"read the modification, version {v}", "readforge", AES.hex(), stdin=modified)
record("modify beyond the end", "modify", MAC.hex(), "o123", "p456", "4", stdin=hello[3])
record("wrong MAC key", "modify", "00" * 20, "ell", "ipp", "1", stdin=hello[3])
record("lengths differ", "modify", MAC.hex(), "ell", "ip", "1", stdin=hello[3])
record("no offset", "modify", MAC.hex(), "ell", "ipp", "x", stdin=hello[3])

pieces = [MAC.hex(), "1517528473", "669193623", "0", "2", "3", "0005", "0000000000000007", "aabbcc", "00" * 20]
remade = record("remac", "remac", *pieces)
record("parse the remade message", "parse", stdin=remade)
record("remac with numbers out of range", "remac", MAC.hex(), "-1", "4294967297", "256", "99999999999999999999", " 3x", "", "ffffffffffffffff", "", "")
record("remac without a counter", "remac", *pieces[:7], "00", *pieces[8:])
record("remac without a tag", "remac", pieces[0], "x", *pieces[2:])

print(json.dumps(recordings, indent=1))
