// The lock of a database: whom it keeps out, by options, and that retrying goes on when it is gone.

#include "harness.h"

#define LOCK "\xff\xff/management/db_locked"
#define ID "0123456789abcdef0123456789abcdef"

// Locks, or unlocks without an id, in a transaction of its own.
static int lock(FDBDatabase *database, const char *id) {
    FDBTransaction *transaction = begin(database);
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_SPECIAL_KEY_SPACE_ENABLE_WRITES, NULL, 0));
    if (id != NULL)
        fdb_transaction_set(transaction, BYTES(LOCK), BYTES(id));
    else
        fdb_transaction_clear(transaction, BYTES(LOCK));
    int error = await(fdb_transaction_commit(transaction));
    fdb_transaction_destroy(transaction);
    return error;
}

static void each_option_lets_in_what_the_table_says(FDBDatabase *database) {
    static const struct {
        int option, read, write;
    } table[] = {
        {0, 1038, 1038},
        {FDB_TR_OPTION_LOCK_AWARE, 0, 0},
        {FDB_TR_OPTION_READ_LOCK_AWARE, 0, 2023},
        {FDB_TR_OPTION_USED_DURING_COMMIT_PROTECTION_DISABLE, 1038, 1038},
        {FDB_TR_OPTION_ACCESS_SYSTEM_KEYS, 1038, 1038},
    };
    for (size_t row = 0; row < sizeof table / sizeof table[0]; row++) {
        FDBTransaction *transaction = begin(database);
        if (table[row].option != 0)
            OK(fdb_transaction_set_option(transaction, (FDBTransactionOption)table[row].option, NULL, 0));
        FAILS(table[row].read, await(fdb_transaction_get_read_version(transaction)));
        FAILS(table[row].read, await(get(transaction, "locked")));
        fdb_transaction_reset(transaction);
        if (table[row].option != 0)
            OK(fdb_transaction_set_option(transaction, (FDBTransactionOption)table[row].option, NULL, 0));
        set(transaction, "locked", "1");
        FAILS(table[row].write, await(fdb_transaction_commit(transaction)));
        fdb_transaction_destroy(transaction);
    }
}

static void who_retries_gets_in_when_the_database_is_unlocked(FDBDatabase *database) {
    CHECK(fdb_error_predicate(FDB_ERROR_PREDICATE_RETRYABLE, 1038));
    FDBTransaction *transaction = begin(database);
    int attempts = 0;
    for (int error = 1; error != 0;) {
        CHECK(++attempts < 10);
        if (attempts == 3)
            OK(lock(database, NULL));
        error = await(get(transaction, "locked"));
        if (error == 0) {
            set(transaction, "locked", "2");
            error = await(fdb_transaction_commit(transaction));
        }
        if (error != 0)
            OK(await(fdb_transaction_on_error(transaction, error)));
    }
    CHECK(attempts == 3);
    fdb_transaction_destroy(transaction);
}

void test_locks(FDBDatabase *database) {
    OK(lock(database, NULL));
    FAILS(2117, lock(database, "no id"));
    OK(lock(database, ID));
    OK(lock(database, ID));
    FAILS(1038, lock(database, "00000000000000000000000000000001"));
    FDBTransaction *transaction = begin(database);
    char *holder = await_value(get(transaction, LOCK));
    CHECK(holder != NULL && strcmp(holder, ID) == 0);
    free(holder);
    fdb_transaction_destroy(transaction);
    each_option_lets_in_what_the_table_says(database);
    who_retries_gets_in_when_the_database_is_unlocked(database);
    CHECK(has(database, "locked", "2"));
}
