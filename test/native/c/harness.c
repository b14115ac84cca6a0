#include "harness.h"

static pthread_t network;

void fail(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    fflush(NULL);
    _Exit(1);
}

void check_error(const char *file, int line, const char *what, int found, int expected) {
    if (found == expected)
        return;
    fprintf(
        stderr, "%s:%d: %s: expected %d (%s), found %d (%s)\n", file, line, what, expected, fdb_get_error(expected),
        found, fdb_get_error(found));
    fflush(NULL);
    _Exit(1);
}

static void *run_network(void *argument) {
    (void)argument;
    OK(fdb_run_network());
    return NULL;
}

void start_network(void) {
    OK(fdb_select_api_version(FDB_API_VERSION));
    run_network_of_version();
}

void run_network_of_version(void) {
    OK(fdb_setup_network());
    CHECK(pthread_create(&network, NULL, run_network, NULL) == 0);
}

void stop_network(void) {
    OK(fdb_stop_network());
    CHECK(pthread_join(network, NULL) == 0);
}

FDBDatabase *open_connection(const char *connection) {
    FDBDatabase *database = NULL;
    OK(fdb_create_database_from_connection_string(connection, &database));
    CHECK(database != NULL);
    return database;
}

FDBTransaction *begin(FDBDatabase *database) {
    FDBTransaction *transaction = NULL;
    OK(fdb_database_create_transaction(database, &transaction));
    CHECK(transaction != NULL);
    return transaction;
}

int await(FDBFuture *future) {
    CHECK(future != NULL);
    OK(fdb_future_block_until_ready(future));
    CHECK(fdb_future_is_ready(future));
    int error = fdb_future_get_error(future);
    fdb_future_destroy(future);
    return error;
}

int64_t await_int64(FDBFuture *future) {
    int64_t number = 0;
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_int64(future, &number));
    fdb_future_destroy(future);
    return number;
}

static char *text_of(const uint8_t *bytes, int length) {
    char *text = malloc((size_t)length + 1);
    memcpy(text, bytes, (size_t)length);
    text[length] = 0;
    return text;
}

char *await_value(FDBFuture *future) {
    fdb_bool_t present = 0;
    const uint8_t *value = NULL;
    int length = 0;
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_value(future, &present, &value, &length));
    char *text = present ? text_of(value, length) : NULL;
    fdb_future_destroy(future);
    return text;
}

char *await_key(FDBFuture *future) {
    const uint8_t *key = NULL;
    int length = 0;
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_key(future, &key, &length));
    char *text = text_of(key, length);
    fdb_future_destroy(future);
    return text;
}

void set(FDBTransaction *transaction, const char *key, const char *value) {
    fdb_transaction_set(transaction, BYTES(key), BYTES(value));
}

FDBFuture *get(FDBTransaction *transaction, const char *key) { return fdb_transaction_get(transaction, BYTES(key), 0); }

void commit(FDBTransaction *transaction) {
    OK(await(fdb_transaction_commit(transaction)));
    fdb_transaction_destroy(transaction);
}

void clear_all(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    fdb_transaction_clear_range(transaction, BYTES(""), BYTES("\xff"));
    commit(transaction);
}

int has(FDBDatabase *database, const char *key, const char *value) {
    FDBTransaction *transaction = begin(database);
    char *found = await_value(get(transaction, key));
    int same = value == NULL ? found == NULL : found != NULL && strcmp(found, value) == 0;
    free(found);
    fdb_transaction_destroy(transaction);
    return same;
}
