// Key selectors, ranges, mapped ranges, sizes and splits.

#include "harness.h"

enum { ROWS = 100 };

static void fill(FDBDatabase *database) {
    clear_all(database);
    FDBTransaction *transaction = begin(database);
    for (int row = 0; row < ROWS; row++) {
        char key[16], value[16];
        snprintf(key, sizeof key, "row%03d", row);
        snprintf(value, sizeof value, "%d", row);
        set(transaction, key, value);
    }
    commit(transaction);
}

static void selectors_find_keys(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    static const struct {
        int or_equal, offset;
        const char *found;
    } cases[] = {{0, 0, "row009"}, {1, 0, "row010"}, {1, 1, "row011"}, {0, 1, "row010"}, {0, 200, "\xff"}, {0, -200, ""}};
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        char *key = await_key(fdb_transaction_get_key(
            transaction, BYTES("row010"), cases[index].or_equal, cases[index].offset, (int)index & 1));
        CHECK(strcmp(key, cases[index].found) == 0);
        free(key);
    }
    fdb_transaction_destroy(transaction);
}

static FDBFuture *read_rows(
    FDBTransaction *transaction, const char *begin_key, const char *end_key, int limit, int bytes, int mode,
    int iteration, int reverse) {
    return fdb_transaction_get_range(
        transaction, FDB_KEYSEL_FIRST_GREATER_OR_EQUAL((const uint8_t *)begin_key, (int)strlen(begin_key)),
        FDB_KEYSEL_FIRST_GREATER_OR_EQUAL((const uint8_t *)end_key, (int)strlen(end_key)), limit, bytes,
        (FDBStreamingMode)mode, iteration, 0, reverse);
}

static void check_rows(FDBFuture *future, int first, int count, int step, int more) {
    const FDBKeyValue *rows;
    int found;
    fdb_bool_t has_more;
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_keyvalue_array(future, &rows, &found, &has_more));
    CHECK(found == count && has_more == more);
    for (int row = 0; row < count; row++, first += step) {
        char key[16], value[16];
        snprintf(key, sizeof key, "row%03d", first);
        int length = snprintf(value, sizeof value, "%d", first);
        CHECK(rows[row].key_length == 6 && memcmp(rows[row].key, key, 6) == 0);
        CHECK(rows[row].value_length == length && memcmp(rows[row].value, value, (size_t)length) == 0);
    }
    fdb_future_destroy(future);
}

static void ranges_are_read_by_pages(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    check_rows(read_rows(transaction, "row", "row\xff", 0, 0, FDB_STREAMING_MODE_WANT_ALL, 1, 0), 0, ROWS, 1, 0);
    check_rows(read_rows(transaction, "row", "row\xff", 7, 0, FDB_STREAMING_MODE_EXACT, 1, 0), 0, 7, 1, 1);
    check_rows(read_rows(transaction, "row", "row\xff", 7, 0, FDB_STREAMING_MODE_ITERATOR, 1, 1), 99, 7, -1, 1);
    check_rows(read_rows(transaction, "row050", "row060", 0, 0, FDB_STREAMING_MODE_SERIAL, 1, 0), 50, 10, 1, 0);
    check_rows(read_rows(transaction, "row060", "row050", 0, 0, FDB_STREAMING_MODE_SERIAL, 1, 0), 0, 0, 1, 0);
    check_rows(read_rows(transaction, "none", "none\xff", 0, 0, FDB_STREAMING_MODE_SERIAL, 1, 0), 0, 0, 1, 0);
    FAILS(2210, await(read_rows(transaction, "a", "b", 0, 0, FDB_STREAMING_MODE_EXACT, 1, 0)));
    FAILS(2012, await(read_rows(transaction, "a", "b", -2, 0, FDB_STREAMING_MODE_SERIAL, 1, 0)));
    FAILS(2000, await(read_rows(transaction, "a", "b", 1, 0, FDB_STREAMING_MODE_ITERATOR, 0, 0)));
    FAILS(2000, await(read_rows(transaction, "a", "b", 1, 0, 99, 1, 0)));
    FAILS(2004, await(read_rows(transaction, "a", "\xff\x01", 1, 0, FDB_STREAMING_MODE_SERIAL, 1, 0)));
    CHECK(await_int64(fdb_transaction_get_total_cost(transaction)) > 0);
    fdb_transaction_destroy(transaction);
}

static void sizes_and_splits_are_told(FDBDatabase *database, const char *connection) {
    FDBTransaction *transaction = begin(database);
    CHECK(await_int64(fdb_transaction_get_estimated_range_size_bytes(transaction, BYTES("row"), BYTES("row\xff"))) >= 0);
    FAILS(2005, await(fdb_transaction_get_estimated_range_size_bytes(transaction, BYTES("b"), BYTES("a"))));
    FDBFuture *splits = fdb_transaction_get_range_split_points(transaction, BYTES("row"), BYTES("row\xff"), 1000);
    const FDBKey *keys;
    int count;
    OK(fdb_future_block_until_ready(splits));
    OK(fdb_future_get_key_array(splits, &keys, &count));
    CHECK(count >= 2 && keys[0].key_length == 3 && memcmp(keys[0].key, "row", 3) == 0);
    CHECK(keys[count - 1].key_length == 4);
    fdb_future_destroy(splits);
    FDBFuture *addresses = fdb_transaction_get_addresses_for_key(transaction, BYTES("row001"));
    const char **texts;
    OK(fdb_future_block_until_ready(addresses));
    OK(fdb_future_get_string_array(addresses, &texts, &count));
    const char *address = strncmp(connection, "ferrisdb:memory@", 16) == 0 ? "127.0.0.1:0" : strchr(connection, '@') + 1;
    CHECK(count == 1 && strcmp(texts[0], address) == 0);
    fdb_future_destroy(addresses);
    // Programs ask for the last key that there is, which may be one of the system.
    addresses = fdb_transaction_get_addresses_for_key(transaction, BYTES("\xff/last"));
    OK(fdb_future_block_until_ready(addresses));
    OK(fdb_future_get_string_array(addresses, &texts, &count));
    CHECK(count == 1 && strcmp(texts[0], address) == 0);
    fdb_future_destroy(addresses);
    double throttled = 1;
    FDBFuture *duration = fdb_transaction_get_tag_throttled_duration(transaction);
    OK(fdb_future_get_double(duration, &throttled));
    CHECK(throttled == 0);
    fdb_future_destroy(duration);
    fdb_transaction_destroy(transaction);
}

// As bindings look for the boundaries of shards.
static void there_is_one_shard(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FAILS(2004, await(get(transaction, "\xff/keyServers/")));
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_READ_SYSTEM_KEYS, NULL, 0));
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_LOCK_AWARE, NULL, 0));
    FDBFuture *shards = read_rows(
        transaction, "\xff/keyServers/", "\xff/keyServers/\xff\xff", 0, 0, FDB_STREAMING_MODE_WANT_ALL, 1, 0);
    const FDBKeyValue *rows;
    int count;
    fdb_bool_t more;
    OK(fdb_future_block_until_ready(shards));
    OK(fdb_future_get_keyvalue_array(shards, &rows, &count, &more));
    CHECK(count == 1 && !more && rows[0].key_length == 13 && rows[0].value_length == 32);
    fdb_future_destroy(shards);
    fdb_transaction_destroy(transaction);
}

// Tuples: 02 begins a text, 00 ends it.
static void mapped_ranges_lead_from_an_index_to_rows(FDBDatabase *database) {
    clear_all(database);
    FDBTransaction *transaction = begin(database);
    fdb_transaction_set(transaction, (const uint8_t *)"\2i\0\2a\0", 6, BYTES(""));
    fdb_transaction_set(transaction, (const uint8_t *)"\2i\0\2b\0", 6, BYTES(""));
    fdb_transaction_set(transaction, (const uint8_t *)"\2r\0\2a\0\2x\0", 9, BYTES("1"));
    fdb_transaction_set(transaction, (const uint8_t *)"\2r\0\2a\0\2y\0", 9, BYTES("2"));
    commit(transaction);
    transaction = begin(database);
    static const uint8_t mapper[] = "\2r\0\2{K[1]}\0\2{...}\0";
    FDBFuture *future = fdb_transaction_get_mapped_range(
        transaction, FDB_KEYSEL_FIRST_GREATER_OR_EQUAL((const uint8_t *)"\2i\0", 3),
        FDB_KEYSEL_FIRST_GREATER_OR_EQUAL((const uint8_t *)"\2i\0\xff", 4), mapper, sizeof mapper - 1, 0, 0,
        FDB_STREAMING_MODE_WANT_ALL, 1, 0, 0);
    const FDBMappedKeyValue *rows;
    int count;
    fdb_bool_t more;
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_mappedkeyvalue_array(future, &rows, &count, &more));
    CHECK(sizeof *rows == 112 && count == 2 && !more);
    CHECK(rows[0].key.key_length == 6 && rows[0].getRange.m_size == 2 && rows[1].getRange.m_size == 0);
    CHECK(rows[0].getRange.data[1].value_length == 1 && *rows[0].getRange.data[1].value == '2');
    CHECK(rows[0].getRange.begin.key.key_length == 6 && memcmp(rows[0].getRange.begin.key.key, "\2r\0\2a\0", 6) == 0);
    fdb_future_destroy(future);
    FAILS(2108, await(fdb_transaction_get_mapped_range(
        transaction, BYTES("a"), 0, 1, BYTES("b"), 0, 1, mapper, sizeof mapper - 1, 0, 0, FDB_STREAMING_MODE_WANT_ALL,
        1, 1, 0)));
    FAILS(2043, await(fdb_transaction_get_mapped_range(
        transaction, BYTES("a"), 0, 1, BYTES("b"), 0, 1, BYTES("no tuple"), 0, 0, FDB_STREAMING_MODE_WANT_ALL, 1, 0,
        0)));
    fdb_transaction_destroy(transaction);
}

void test_ranges(FDBDatabase *database, const char *connection) {
    fill(database);
    selectors_find_keys(database);
    ranges_are_read_by_pages(database);
    sizes_and_splits_are_told(database, connection);
    there_is_one_shard(database);
    mapped_ranges_lead_from_an_index_to_rows(database);
}
