"""
Checks that entries of a log are in it, with Python alone: no package, no database, no network.

    python check_entries.py own.json log.json

``own.json`` is what ``GET /v1/me/log`` answered: one's own entries, each with the path to a head. ``log.json`` holds
heads as they were published: of a transparency pack, of ``GET /v1/log/heads``, or kept from the webhook ``log.head``.
核验本人的日志记录确在已公布的日志校验值之内：只需 Python，不需要数据库和网络。
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

FAULTS = {
    "waiting": ("尚未列入已公布的校验值", "came after the last head: ask again tomorrow"),
    "changed": ("与日志校验值不符", "is not what the head stands for"),
    "address": ("来源地址与记录不符", "is not the address that was written down"),
    "head": ("校验值自身有误", "the head does not add up"),
    "unpublished": ("该校验值不在已公布之列", "the head is not among those that were published"),
}


def check(own: dict[str, Any], published: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong: which entry or head, and what with it."""
    head = own["head"]
    if head is None:
        yield from ((name(entry), "waiting") for entry in own["items"])
        return
    if digest_of(head) != head["digest"]:
        yield head["on"], "head"
    elif head["digest"] not in {each["digest"] for each in published if digest_of(each) == each["digest"]}:
        yield head["on"], "unpublished"
    for entry in own["items"]:
        if entry["path"] is None:
            yield name(entry), "waiting"
        elif root_of(entry, head["size"]) != head["root"]:
            yield name(entry), "changed"
        elif entry["address_salt"] and masked(entry) != json.loads(entry["record"]).get("address"):
            yield name(entry), "address"


def digest_of(head: dict[str, Any]) -> str:
    """Return the digest of a head: of its fields in the one spelling there is."""
    told = {field: head[field] for field in ("format", "log", "on", "size", "root", "previous")}
    return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def masked(entry: dict[str, Any]) -> str:
    """Return what stands in the record for the address."""
    return sha256(bytes.fromhex(entry["address_salt"]) + entry["address"].encode()).hexdigest()


def root_of(entry: dict[str, Any], size: int) -> str | None:
    """Return the root that an entry and its path lead to (RFC 9162, section 2.1.3.2)."""
    at, last = entry["position"], size - 1
    above = sha256(b"\0" + bytes.fromhex(entry["salt"]) + entry["record"].encode()).digest()
    if not 0 <= at <= last:
        return None
    for beside in map(bytes.fromhex, entry["path"]):
        if last == 0:
            return None
        if at % 2 or at == last:
            above = sha256(b"\1" + beside + above).digest()
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            above = sha256(b"\1" + above + beside).digest()
        at, last = at // 2, last // 2
    return above.hex() if last == 0 else None


def name(entry: dict[str, Any]) -> str:
    """Return what an entry is called."""
    return f"{entry['source']} {entry['id']}"


def main(own: str, log: str) -> int:
    """Check a file of entries against a file of heads; return the exit code."""
    told, heads = (json.loads(Path(path).read_text(encoding="utf-8")) for path in (own, log))
    faults = list(check(told, heads["items"]))
    for what, fault in faults:
        zh, en = FAULTS[fault]
        sys.stdout.write(f"{what}: {zh}；{en}\n")
    proven = len(told["items"]) - len({what for what, _ in faults})
    sys.stdout.write(f"{max(proven, 0)} / {len(told['items'])} 已核验 proven\n")
    return 1 if any(fault != "waiting" for _, fault in faults) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
