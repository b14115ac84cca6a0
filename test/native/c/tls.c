// A server that is reached by TLS: who is believed, and that nobody who is not waits for ever to be told.

#include "harness.h"

#include <unistd.h>

// Nobody is to wait: not even for what a request waits for a server.
enum { SECONDS_MAX = 8 };

static const struct {
    const char *name;
    FDBNetworkOption option;
    int is_content;
} names[] = {
    {"ca", FDB_NET_OPTION_TLS_CA_PATH, 0},     {"ca-bytes", FDB_NET_OPTION_TLS_CA_BYTES, 1},
    {"cert", FDB_NET_OPTION_TLS_CERT_PATH, 0}, {"cert-bytes", FDB_NET_OPTION_TLS_CERT_BYTES, 1},
    {"key", FDB_NET_OPTION_TLS_KEY_PATH, 0},   {"key-bytes", FDB_NET_OPTION_TLS_KEY_BYTES, 1},
    {"verify", FDB_NET_OPTION_TLS_VERIFY_PEERS, 0},
};

static void set_option(const char *argument) {
    static char content[1 << 16];
    const char *value = strchr(argument, '=');
    CHECK(value != NULL);
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        if (strlen(names[index].name) != (size_t)(value - argument) ||
            strncmp(names[index].name, argument, (size_t)(value - argument)) != 0)
            continue;
        value++;
        if (names[index].is_content) {
            FILE *file = fopen(value, "r");
            CHECK(file != NULL);
            content[fread(content, 1, sizeof content - 1, file)] = 0;
            CHECK(fclose(file) == 0);
            value = content;
        }
        OK(fdb_network_set_option(names[index].option, BYTES(value)));
        return;
    }
    fail(__FILE__, __LINE__, argument);
}

static void a_server_is_used(FDBDatabase *database) {
    static char large[90000];
    memset(large, 'v', sizeof large - 1);
    FDBTransaction *transaction = begin(database);
    FDBFuture *watch = fdb_transaction_watch(transaction, BYTES("tls/watched"));
    set(transaction, "tls/large", large);
    OK(await(fdb_transaction_commit(transaction)));
    fdb_transaction_destroy(transaction);
    transaction = begin(database);
    set(transaction, "tls/watched", large + sizeof large - 10);
    commit(transaction);
    OK(await(watch));
    FDBFuture *gets[200];
    transaction = begin(database);
    for (int index = 0; index < 200; index++)
        gets[index] = get(transaction, "tls/large");
    for (int index = 0; index < 200; index++) {
        char *found = await_value(gets[index]);
        CHECK(found != NULL && strcmp(found, large) == 0);
        free(found);
    }
    fdb_transaction_clear_range(transaction, BYTES("tls/"), BYTES("tls0"));
    commit(transaction);
}

int test_tls(const char *connection, int expected, int count, char **arguments) {
    OK(fdb_select_api_version(FDB_API_VERSION));
    for (int index = 0; index < count; index++)
        set_option(arguments[index]);
    run_network_of_version();
    alarm(SECONDS_MAX);
    FDBDatabase *database = open_connection(connection);
    if (expected == 0) {
        a_server_is_used(database);
    } else {
        FDBTransaction *transaction = begin(database);
        FAILS(expected, await(get(transaction, "x")));
        // Nothing that a program does with errors tries it again.
        FAILS(expected, await(fdb_transaction_on_error(transaction, expected)));
        fdb_transaction_destroy(transaction);
    }
    fdb_database_destroy(database);
    stop_network();
    return 0;
}
