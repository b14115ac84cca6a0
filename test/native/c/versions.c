// Programs that were written for older versions: what was different then.

#include "harness.h"

static FDBFuture *operate(FDBTransaction *transaction, const char *key, const char *operand, FDBMutationType type) {
    fdb_transaction_atomic_op(transaction, BYTES(key), BYTES(operand), type);
    return get(transaction, key);
}

static int is(FDBFuture *future, const char *value, int length) {
    fdb_bool_t present = 0;
    const uint8_t *found = NULL;
    int found_length = 0;
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_value(future, &present, &found, &found_length));
    int same = value == NULL ? !present : present && found_length == length && memcmp(found, value, (size_t)length) == 0;
    fdb_future_destroy(future);
    return same;
}

// To an operation that takes the smaller of two an absent value was zeros, and is nothing.
static void the_smaller_of_two(FDBDatabase *database, int version) {
    FDBTransaction *transaction = begin(database);
    set(transaction, "short", "c");
    set(transaction, "long", "cccc");
    CHECK(is(operate(transaction, "and", "ab", FDB_MUTATION_TYPE_BIT_AND), version < 510 ? "\0\0" : "ab", 2));
    CHECK(is(operate(transaction, "min", "ab", FDB_MUTATION_TYPE_MIN), version < 510 ? "\0\0" : "ab", 2));
    CHECK(is(operate(transaction, "max", "ab", FDB_MUTATION_TYPE_MAX), "ab", 2));
    CHECK(is(operate(transaction, "short", "ab", FDB_MUTATION_TYPE_BIT_AND), "a\0", 2));
    CHECK(is(operate(transaction, "long", "dd", FDB_MUTATION_TYPE_MIN), "cc", 2));
    commit(transaction);
    transaction = begin(database);
    CHECK(is(get(transaction, "and"), version < 510 ? "\0\0" : "ab", 2));
    fdb_transaction_clear_range(transaction, BYTES(""), BYTES("\xff"));
    commit(transaction);
}

static void snapshots_of_own_writes(FDBDatabase *database, int version) {
    FDBTransaction *transaction = begin(database);
    set(transaction, "own", "write");
    CHECK(is(fdb_transaction_get(transaction, BYTES("own"), 1), version < 300 ? NULL : "write", 5));
    CHECK(is(fdb_transaction_get(transaction, BYTES("own"), 0), "write", 5));
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_SNAPSHOT_RYW_ENABLE, NULL, 0));
    CHECK(is(fdb_transaction_get(transaction, BYTES("own"), 1), "write", 5));
    fdb_transaction_destroy(transaction);
}

// Which ends the transaction, or leaves it as good as new.
static void an_error_that_is_not_retried(FDBDatabase *database, int version) {
    FDBTransaction *transaction = begin(database);
    set(transaction, "lost", "write");
    FAILS(2004, await(fdb_transaction_on_error(transaction, 2004)));
    FAILS(version < 610 ? 0 : 1025, await(get(transaction, "lost")));
    if (version < 610)
        CHECK(is(get(transaction, "lost"), NULL, 0));
    fdb_transaction_destroy(transaction);
}

static void after_a_commit(FDBDatabase *database, int version) {
    FDBTransaction *transaction = begin(database);
    OK(await(fdb_transaction_commit(transaction)));
    FAILS(version < 410 ? 0 : 2017, await(get(transaction, "x")));
    fdb_transaction_destroy(transaction);
}

static int names_a_port(FDBTransaction *transaction) {
    const char **addresses = NULL;
    int count = 0;
    FDBFuture *future = fdb_transaction_get_addresses_for_key(transaction, BYTES("x"));
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_string_array(future, &addresses, &count));
    CHECK(count == 1);
    int named = strchr(addresses[0], ':') != NULL;
    fdb_future_destroy(future);
    return named;
}

static void ports_of_addresses(FDBDatabase *database, int version) {
    FDBTransaction *transaction = begin(database);
    CHECK(names_a_port(transaction) == (version >= 630));
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_INCLUDE_PORT_IN_ADDRESS, NULL, 0));
    CHECK(names_a_port(transaction));
    fdb_transaction_reset(transaction);
    CHECK(names_a_port(transaction) == (version >= 630));
    fdb_transaction_destroy(transaction);
    OK(fdb_database_set_option(database, FDB_DB_OPTION_TRANSACTION_INCLUDE_PORT_IN_ADDRESS, NULL, 0));
    transaction = begin(database);
    CHECK(names_a_port(transaction));
    fdb_transaction_destroy(transaction);
}

int test_version(const char *connection, int version) {
    OK(fdb_select_api_version_impl(version, FDB_API_VERSION));
    run_network_of_version();
    FDBDatabase *database = open_connection(connection);
    clear_all(database);
    the_smaller_of_two(database, version);
    snapshots_of_own_writes(database, version);
    an_error_that_is_not_retried(database, version);
    after_a_commit(database, version);
    ports_of_addresses(database, version);
    fdb_database_destroy(database);
    stop_network();
    return 0;
}
