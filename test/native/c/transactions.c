// Transactions: reads, writes, conflicts, retries, versions, watches.

#include "harness.h"

static void writes_are_read(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    set(transaction, "greeting", "hello");
    set(transaction, "empty", "");
    set(transaction, "gone", "x");
    fdb_transaction_clear(transaction, BYTES("gone"));
    fdb_transaction_atomic_op(transaction, BYTES("sum"), (const uint8_t *)"\1\0", 2, FDB_MUTATION_TYPE_ADD);
    fdb_transaction_atomic_op(transaction, BYTES("sum"), (const uint8_t *)"\2\0", 2, FDB_MUTATION_TYPE_ADD);
    CHECK(await_int64(fdb_transaction_get_approximate_size(transaction)) > 0);
    char *own = await_value(get(transaction, "greeting"));
    CHECK(strcmp(own, "hello") == 0);
    free(own);
    commit(transaction);
    CHECK(has(database, "greeting", "hello") && has(database, "empty", "") && has(database, "gone", NULL));
    CHECK(has(database, "sum", "\3"));
    clear_all(database);
    CHECK(has(database, "greeting", NULL));
}

static void of_two_that_conflict_one_is_refused_and_retried(FDBDatabase *database) {
    FDBTransaction *first = begin(database), *second = begin(database);
    free(await_value(get(first, "x")));
    free(await_value(get(second, "x")));
    set(first, "x", "1");
    set(second, "x", "2");
    OK(await(fdb_transaction_commit(first)));
    FDBFuture *refused = fdb_transaction_commit(second);
    OK(fdb_future_block_until_ready(refused));
    FAILS(1020, fdb_future_get_error(refused));
    fdb_future_destroy(refused);
    OK(await(fdb_transaction_on_error(second, 1020)));
    set(second, "x", "3");
    OK(await(fdb_transaction_commit(second)));
    FAILS(2004, await(fdb_transaction_on_error(first, 2004)));
    FAILS(1025, await(get(first, "x")));
    fdb_transaction_reset(first);
    OK(await(get(first, "x")));
    FAILS(2000, await(fdb_transaction_on_error(first, 0)));
    FAILS(4000, await(fdb_transaction_on_error(first, -1)));
    fdb_transaction_destroy(first);
    fdb_transaction_destroy(second);
    CHECK(has(database, "x", "3"));
}

static void snapshot_reads_do_not_conflict(FDBDatabase *database) {
    FDBTransaction *reader = begin(database), *writer = begin(database);
    OK(await(fdb_transaction_get(reader, BYTES("x"), 1)));
    set(writer, "x", "4");
    commit(writer);
    set(reader, "y", "1");
    commit(reader);
}

static void conflict_ranges_can_be_added(FDBDatabase *database) {
    FDBTransaction *reader = begin(database), *writer = begin(database);
    OK(await(fdb_transaction_get_read_version(reader)));
    OK(fdb_transaction_add_conflict_range(reader, BYTES("a"), BYTES("z"), FDB_CONFLICT_RANGE_TYPE_READ));
    FAILS(2005, fdb_transaction_add_conflict_range(reader, BYTES("z"), BYTES("a"), FDB_CONFLICT_RANGE_TYPE_READ));
    FAILS(2000, fdb_transaction_add_conflict_range(reader, BYTES("a"), BYTES("z"), (FDBConflictRangeType)2));
    OK(fdb_transaction_add_conflict_range(writer, BYTES("m"), BYTES("n"), FDB_CONFLICT_RANGE_TYPE_WRITE));
    commit(writer);
    set(reader, "q", "1");
    FAILS(1020, await(fdb_transaction_commit(reader)));
    fdb_transaction_destroy(reader);
}

static void the_first_error_is_kept_until_the_commit(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    fdb_transaction_clear_range(transaction, BYTES("b"), BYTES("a"));
    set(transaction, "\xff\x01", "system");
    FAILS(2005, await(get(transaction, "x")));
    FAILS(2005, await(fdb_transaction_commit(transaction)));
    fdb_transaction_reset(transaction);
    char *large = calloc(1, 100001);
    fdb_transaction_set(transaction, BYTES("x"), (const uint8_t *)large, 100001);
    free(large);
    FAILS(2103, await(fdb_transaction_commit(transaction)));
    fdb_transaction_reset(transaction);
    fdb_transaction_atomic_op(transaction, BYTES("x"), BYTES("1"), (FDBMutationType)77);
    FAILS(2018, await(fdb_transaction_commit(transaction)));
    fdb_transaction_destroy(transaction);
}

// What FoundationDB's library itself makes of AND and MIN is taken from others too.
static void operations_have_second_codes(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    fdb_transaction_atomic_op(transaction, BYTES("min"), BYTES("c"), (FDBMutationType)18);
    fdb_transaction_atomic_op(transaction, BYTES("min"), BYTES("b"), (FDBMutationType)18);
    fdb_transaction_atomic_op(transaction, BYTES("and"), BYTES("c"), (FDBMutationType)19);
    fdb_transaction_atomic_op(transaction, BYTES("and"), BYTES("b"), (FDBMutationType)19);
    OK(await(fdb_transaction_commit(transaction)));
    fdb_transaction_destroy(transaction);
    CHECK(has(database, "min", "b"));
    CHECK(has(database, "and", "b"));
}

static void versions_tell_when(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    int64_t version = 0;
    OK(fdb_transaction_get_committed_version(transaction, &version));
    CHECK(version == -1);
    int64_t before = await_int64(fdb_transaction_get_read_version(transaction));
    FDBFuture *stamp = fdb_transaction_get_versionstamp(transaction);
    uint8_t template[] = {'s', '/', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0};
    fdb_transaction_atomic_op(
        transaction, template, sizeof template, BYTES("stamped"), FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_KEY);
    OK(await(fdb_transaction_commit(transaction)));
    OK(fdb_transaction_get_committed_version(transaction, &version));
    CHECK(version > before);
    const uint8_t *bytes;
    int length;
    // Ready as soon as the commit is: FoundationDB's programs do not wait for it.
    CHECK(fdb_future_is_ready(stamp));
    OK(fdb_future_get_key(stamp, &bytes, &length));
    CHECK(length == 10);
    int64_t stamped = 0;
    for (int index = 0; index < 8; index++)
        stamped = stamped << 8 | bytes[index];
    CHECK(stamped == version);
    memcpy(template + 2, bytes, 10);
    fdb_future_destroy(stamp);
    fdb_transaction_destroy(transaction);

    transaction = begin(database);
    fdb_transaction_set_read_version(transaction, version);
    char *value = await_value(fdb_transaction_get(transaction, template, 12, 0));
    CHECK(value != NULL && strcmp(value, "stamped") == 0);
    free(value);
    FDBFuture *none = fdb_transaction_get_versionstamp(transaction);
    OK(await(fdb_transaction_commit(transaction)));
    FAILS(2021, await(none));
    fdb_transaction_destroy(transaction);
}

static void nothing_is_done_after_the_commit(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    set(transaction, "x", "5");
    OK(await(fdb_transaction_commit(transaction)));
    FAILS(2017, await(get(transaction, "x")));
    fdb_transaction_reset(transaction);
    OK(await(get(transaction, "x")));
    fdb_transaction_cancel(transaction);
    FAILS(1025, await(get(transaction, "x")));
    fdb_transaction_destroy(transaction);
}

static void a_watch_tells_of_the_next_change(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *watch = fdb_transaction_watch(transaction, BYTES("watched"));
    commit(transaction);
    CHECK(!fdb_future_is_ready(watch));
    transaction = begin(database);
    set(transaction, "watched", "now");
    commit(transaction);
    OK(await(watch));

    // Without a commit there is nothing to wait for.
    transaction = begin(database);
    watch = fdb_transaction_watch(transaction, BYTES("watched"));
    fdb_transaction_destroy(transaction);
    FAILS(1025, await(watch));
}

void test_transactions(FDBDatabase *database) {
    clear_all(database);
    writes_are_read(database);
    of_two_that_conflict_one_is_refused_and_retried(database);
    snapshot_reads_do_not_conflict(database);
    conflict_ranges_can_be_added(database);
    the_first_error_is_kept_until_the_commit(database);
    operations_have_second_codes(database);
    versions_tell_when(database);
    nothing_is_done_after_the_commit(database);
    a_watch_tells_of_the_next_change(database);
}
