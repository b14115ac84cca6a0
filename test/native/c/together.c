// Several programs in several languages at once, in one database: see test/native/together.

#include "harness.h"

// Tells that it is ready, and waits until somebody gives the key a value.
static void wait_for_start(FDBDatabase *database) {
    int ready = 0;
    while (1) {
        FDBTransaction *transaction = begin(database);
        char *go = await_value(get(transaction, "together/go"));
        FDBFuture *watch = fdb_transaction_watch(transaction, BYTES("together/go"));
        commit(transaction);
        if (!ready)
            puts("ready");
        ready = 1;
        fflush(stdout);
        if (go == NULL)
            OK(await(watch));
        else
            fdb_future_destroy(watch);
        free(go);
        if (go != NULL)
            return;
    }
}

// A count that every round reads and writes, and a row of a log whose key the commit decides.
static void count_up(FDBTransaction *transaction, const char *name) {
    char *found = await_value(get(transaction, "together/count"));
    char count[16], row[64];
    snprintf(count, sizeof count, "%d", found == NULL ? 1 : atoi(found) + 1);
    snprintf(row, sizeof row, "%s %s", count, name);
    free(found);
    set(transaction, "together/count", count);
    static const uint8_t key[] = "together/log/\0\0\0\0\0\0\0\0\0\0\x0d\0\0";
    fdb_transaction_atomic_op(transaction, key, sizeof key, BYTES(row), FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_KEY);
}

int count_together(const char *connection, const char *name, int rounds) {
    start_network();
    FDBDatabase *database = open_connection(connection);
    // Who waits long after a conflict leaves the field to one.
    static const int64_t delay_max_ms = 2;
    OK(fdb_database_set_option(
        database, FDB_DB_OPTION_TRANSACTION_MAX_RETRY_DELAY, (const uint8_t *)&delay_max_ms, sizeof delay_max_ms));
    wait_for_start(database);
    FDBTransaction *transaction = begin(database);
    for (int round = 0; round < rounds;) {
        count_up(transaction, name);
        int error = await(fdb_transaction_commit(transaction));
        if (error == 0) {
            fdb_transaction_reset(transaction);
            round++;
        } else {
            OK(await(fdb_transaction_on_error(transaction, error)));
        }
    }
    fdb_transaction_destroy(transaction);
    fdb_database_destroy(database);
    stop_network();
    return 0;
}
