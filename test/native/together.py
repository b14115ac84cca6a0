"""The part of Python in test/native/together: together.py NAME ROUNDS counts up beside the others."""

import sys

import fdb

fdb.api_version(730)
db = fdb.open()
# Who waits long after a conflict leaves the field to one.
db.options.set_transaction_max_retry_delay(2)


@fdb.transactional
def look(tr):
    return tr[b"together/go"].present(), tr.watch(b"together/go")


@fdb.transactional
def count_up(tr, name):
    found = tr[b"together/count"]
    count = b"%d" % (int(bytes(found)) + 1 if found.present() else 1)
    tr[b"together/count"] = count
    tr.set_versionstamped_key(b"together/log/" + bytes(10) + (13).to_bytes(4, "little"), count + b" " + name)


go, watch = look(db)
print("ready", flush=True)
while not go:
    watch.wait()
    go, watch = look(db)
for _ in range(int(sys.argv[2])):
    count_up(db, sys.argv[1].encode())
