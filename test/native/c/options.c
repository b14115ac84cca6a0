// Versions, errors and options.

#include "harness.h"

static const uint8_t *number(int64_t value) {
    static int64_t kept;
    kept = value;
    return (const uint8_t *)&kept;
}

void test_versions_and_errors(void) {
    CHECK(fdb_get_max_api_version() == 730);
    CHECK(strncmp(fdb_get_client_version(), "7.3.", 4) == 0);
    FAILS(2201, fdb_select_api_version(FDB_API_VERSION));
    FAILS(2009, fdb_setup_network());
    FAILS(2025, fdb_run_network());
    CHECK(strlen(fdb_get_error(1020)) > 10 && fdb_get_error(1020) == fdb_get_error(1020));
    CHECK(strcmp(fdb_get_error(29999), "UNKNOWN_ERROR") == 0);
    CHECK(fdb_get_error(-5) == fdb_get_error(4000));
    CHECK(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE, 1020));
    CHECK(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE_NOT_COMMITTED, 1007));
    CHECK(!fdb_error_predicate(FDB_ERROR_PREDICATE_MAYBE_COMMITTED, 1020));
    CHECK(fdb_error_predicate(FDB_ERROR_PREDICATE_MAYBE_COMMITTED, 1021));
    CHECK(!fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE, 9001) && !fdb_error_predicate(1, 1020));
    FAILS(2007, fdb_network_set_option((FDBNetworkOption)12345, NULL, 0));
    FAILS(2006, fdb_network_set_option(FDB_NET_OPTION_KNOB, BYTES("no equals sign")));
    FAILS(2006, fdb_network_set_option(FDB_NET_OPTION_TRACE_FORMAT, BYTES("csv")));
    FAILS(2006, fdb_network_set_option(FDB_NET_OPTION_TRACE_ROLL_SIZE, BYTES("10")));
    OK(fdb_network_set_option(FDB_NET_OPTION_TRACE_ROLL_SIZE, number(10), 8));
    OK(fdb_network_set_option(FDB_NET_OPTION_TRACE_ENABLE, NULL, 0));
    OK(fdb_network_set_option(FDB_NET_OPTION_DISABLE_CLIENT_STATISTICS_LOGGING, NULL, 0));
}

static void options_are_judged(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FAILS(2007, fdb_transaction_set_option(transaction, (FDBTransactionOption)99999, NULL, 0));
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_FIRST_IN_BATCH, NULL, 0));
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_TIMEOUT, number(-1), 8));
    FAILS(2006, await(get(transaction, "x")));
    fdb_transaction_reset(transaction);
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_RETRY_LIMIT, number(1), 8));
    OK(await(fdb_transaction_on_error(transaction, 1020)));
    FAILS(1020, await(fdb_transaction_on_error(transaction, 1020)));
    fdb_transaction_reset(transaction);
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_SIZE_LIMIT, number(64), 8));
    set(transaction, "much", "more than sixty-four bytes, when all is counted that a commit has");
    FAILS(2101, await(fdb_transaction_commit(transaction)));
    fdb_transaction_destroy(transaction);
}

static void defaults_of_a_database_hold_for_its_transactions(FDBDatabase *other) {
    FAILS(2007, fdb_database_set_option(other, (FDBDatabaseOption)99999, NULL, 0));
    OK(fdb_database_set_option(other, FDB_DB_OPTION_TRANSACTION_SIZE_LIMIT, number(64), 8));
    FDBTransaction *transaction = begin(other);
    set(transaction, "much", "more than sixty-four bytes, when all is counted that a commit has");
    FAILS(2101, await(fdb_transaction_commit(transaction)));
    fdb_transaction_destroy(transaction);
    OK(fdb_database_set_option(other, FDB_DB_OPTION_TRANSACTION_SIZE_LIMIT, number(10000000), 8));
    OK(fdb_database_set_option(other, FDB_DB_OPTION_MAX_WATCHES, number(1), 8));
    transaction = begin(other);
    FDBFuture *watch = fdb_transaction_watch(transaction, BYTES("w"));
    FAILS(1032, await(fdb_transaction_watch(transaction, BYTES("w"))));
    fdb_future_destroy(watch);
    fdb_transaction_destroy(transaction);
    // A wrong value is the error of all that follows.
    OK(fdb_database_set_option(other, FDB_DB_OPTION_MAX_WATCHES, number(-1), 8));
    transaction = begin(other);
    FAILS(2006, await(get(transaction, "x")));
    fdb_transaction_destroy(transaction);
}

void test_options(FDBDatabase *database, const char *connection) {
    options_are_judged(database);
    FDBDatabase *other = open_connection(connection);
    defaults_of_a_database_hold_for_its_transactions(other);
    fdb_database_destroy(other);
}
