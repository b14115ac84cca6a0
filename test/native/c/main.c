// Tests of libfdb_c.so by a C program that knows nothing of what is behind it. usage: see the end.

#include "harness.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

char *program;

static int hook_runs;

static void hook(void *argument) {
    CHECK(*(int *)argument == hook_runs);
    hook_runs++;
}

static int late_calls;

static void late(FDBFuture *future, void *argument) {
    (void)future;
    (void)argument;
    late_calls++;
}

static void before_the_network(void) {
    FDBDatabase *database;
    FAILS(2200, fdb_setup_network());
    FAILS(2203, fdb_select_api_version_impl(731, 731));
    FAILS(2203, fdb_select_api_version_impl(5, 730));
    FAILS(2202, fdb_select_api_version_impl(730, 720));
    FAILS(2008, fdb_run_network());
    FAILS(2008, fdb_stop_network());
    FAILS(2008, fdb_create_database(NULL, &database));
    FAILS(2008, fdb_add_network_thread_completion_hook(hook, NULL));
}

static int run_all(const char *folder, int leak_rounds, const char *connection) {
    before_the_network();
    start_network();
    static int first = 0, second = 1;
    OK(fdb_add_network_thread_completion_hook(hook, &first));
    OK(fdb_add_network_thread_completion_hook(hook, &second));
    FDBDatabase *database = open_connection(connection);
    double begun = seconds();
#define RUN(call) \
    do { \
        call; \
        double now = seconds(); \
        printf("%5.2f s  %s\n", now - begun, #call); \
        fflush(stdout); \
        begun = now; \
    } while (0)
    // A thread must have entered the network before it is asked to do so again.
    OK(await(fdb_database_get_client_status(database)));
    FDBTransaction *transaction = begin(database);
    clear_all(database);
    fdb_transaction_destroy(transaction);
    RUN(test_futures(database));
    RUN(test_versions_and_errors());
    RUN(test_transactions(database));
    RUN(test_ranges(database, connection));
    RUN(test_options(database, connection));
    RUN(test_databases(folder));
    RUN(test_misuse(database));
    RUN(test_tenants(database));
    RUN(test_locks(database));
    RUN(test_unsupported(database));
    RUN(test_threads(database));
    RUN(test_leaks(database, leak_rounds));
    // What is destroyed after the network has stopped, by finalizers say, does no harm.
    transaction = begin(database);
    FDBFuture *watch = fdb_transaction_watch(transaction, BYTES("late"));
    OK(fdb_future_set_callback(watch, late, NULL));
    stop_network();
    CHECK(hook_runs == 2);
    CHECK(!fdb_future_is_ready(watch));
    CHECK(late_calls == 0);
    fdb_future_cancel(watch);
    FAILS(1101, fdb_future_get_error(watch));
    CHECK(late_calls == 0);
    OK(fdb_future_set_callback(watch, late, NULL));
    CHECK(late_calls == 1);
    fdb_future_destroy(watch);
    fdb_transaction_destroy(transaction);
    fdb_database_destroy(database);
    return 0;
}

// Has a database until it is told to end.
static int hold(const char *connection) {
    start_network();
    FDBDatabase *database = open_connection(connection);
    FDBTransaction *transaction = begin(database);
    set(transaction, "held", "yes");
    commit(transaction);
    char byte = 'r';
    CHECK(write(1, &byte, 1) == 1 && read(0, &byte, 1) == 1);
    fdb_database_destroy(database);
    stop_network();
    return 0;
}

// A program selects its version, sets options, and forks its workers, each of which sets up a network.
static int fork_before_setup(void) {
    OK(fdb_select_api_version(FDB_API_VERSION));
    OK(fdb_network_set_option(FDB_NET_OPTION_TRACE_ENABLE, NULL, 0));
    for (int worker = 0; worker < 4; worker++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            pthread_t network;
            OK(fdb_setup_network());
            CHECK(pthread_create(&network, NULL, (void *(*)(void *))(void *)fdb_run_network, NULL) == 0);
            FDBDatabase *database = open_connection("ferrisdb:memory@forked");
            CHECK(has(database, "x", NULL));
            FDBTransaction *transaction = begin(database);
            set(transaction, "x", "1");
            commit(transaction);
            CHECK(has(database, "x", "1"));
            fdb_database_destroy(database);
            OK(fdb_stop_network());
            pthread_join(network, NULL);
            exit(0);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    return 0;
}

// Ends with everything open and a network that runs; what was committed is there the next time.
static int exit_without_cleaning_up(const char *connection, const char *round) {
    start_network();
    FDBDatabase *database = open_connection(connection);
    FDBTransaction *transaction = begin(database);
    if (strcmp(round, "1") != 0)
        CHECK(has(database, "round", "1"));
    set(transaction, "round", round);
    OK(await(fdb_transaction_commit(transaction)));
    transaction = begin(database);
    get(transaction, "round");
    fdb_transaction_watch(transaction, BYTES("round"));
    fdb_transaction_commit(transaction);
    exit(0);
}

// Has a server stopped, which its owner starts again.
static int reboot(const char *connection, const char *address) {
    start_network();
    FDBDatabase *database = open_connection(connection);
    int rebooted = (int)await_int64(fdb_database_reboot_worker(database, BYTES(address), 0, 0));
    fdb_database_destroy(database);
    stop_network();
    return rebooted == 1 ? 0 : 1;
}

// From the start of the process to the first commit, as the caller measures it.
static int first_commit(const char *connection) {
    start_network();
    FDBDatabase *database = open_connection(connection);
    FDBTransaction *transaction = begin(database);
    set(transaction, "first", "commit");
    OK(await(fdb_transaction_commit(transaction)));
    _Exit(0);
}

// Gets in transactions of a thousand, as bench/FerrisDB.Bench measures them from C#.
static int measure_gets(const char *connection, int keys, double limit_seconds) {
    start_network();
    FDBDatabase *database = open_connection(connection);
    char value[100];
    memset(value, 'v', sizeof value);
    for (int first = 0; first < keys; first += 1000) {
        FDBTransaction *transaction = begin(database);
        for (int key = first; key < first + 1000; key++) {
            char name[17];
            snprintf(name, sizeof name, "%016d", key);
            fdb_transaction_set(transaction, (const uint8_t *)name, 16, (const uint8_t *)value, sizeof value);
        }
        commit(transaction);
    }
    uint64_t random = 42;
    long gets = 0;
    double begun = seconds(), now = begun;
    while (now - begun < limit_seconds) {
        FDBTransaction *transaction = begin(database);
        for (int index = 0; index < 1000; index++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            char name[17];
            unsigned long key = (unsigned long)((random >> 33) % (uint64_t)keys);
            for (int digit = 15; digit >= 0; digit--, key /= 10)
                name[digit] = (char)('0' + key % 10);
            FDBFuture *future = fdb_transaction_get(transaction, (const uint8_t *)name, 16, 0);
            fdb_bool_t present;
            const uint8_t *found;
            int length;
            OK(fdb_future_block_until_ready(future));
            OK(fdb_future_get_value(future, &present, &found, &length));
            CHECK(present && length == sizeof value);
            fdb_future_destroy(future);
        }
        fdb_transaction_destroy(transaction);
        gets += 1000;
        now = seconds();
    }
    printf("%.0f gets/s\n", (double)gets / (now - begun));
    fdb_database_destroy(database);
    stop_network();
    return 0;
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    program = realpath(arguments[0], NULL);
    if (strcmp(what, "all") == 0 && (count == 4 || count == 5))
        return run_all(arguments[2], atoi(arguments[3]), count == 5 ? arguments[4] : "ferrisdb:memory@tests");
    if (strcmp(what, "hold") == 0 && count == 3)
        return hold(arguments[2]);
    if (strcmp(what, "fork") == 0)
        return fork_before_setup();
    if (strcmp(what, "exit") == 0 && count == 4)
        return exit_without_cleaning_up(arguments[2], arguments[3]);
    if (strcmp(what, "reboot") == 0 && count == 4)
        return reboot(arguments[2], arguments[3]);
    if (strcmp(what, "first") == 0 && count == 3)
        return first_commit(arguments[2]);
    if (strcmp(what, "gets") == 0 && count == 5)
        return measure_gets(arguments[2], atoi(arguments[3]), atof(arguments[4]));
    if (strcmp(what, "count") == 0 && count == 5)
        return count_together(arguments[2], arguments[3], atoi(arguments[4]));
    if (strcmp(what, "version") == 0 && count == 4)
        return test_version(arguments[2], atoi(arguments[3]));
    if (strcmp(what, "tls") == 0 && count >= 4)
        return test_tls(arguments[2], atoi(arguments[3]), count - 4, arguments + 4);
    fprintf(stderr, "usage: tests all FOLDER LEAK_ROUNDS [CONNECTION] | hold CONNECTION | fork | exit CONNECTION ROUND | first CONNECTION\n"
                    "     | gets CONNECTION KEYS SECONDS | count CONNECTION NAME ROUNDS | version CONNECTION VERSION\n"
                    "     | reboot CONNECTION ADDRESS | tls CONNECTION ERROR [OPTION=VALUE ...]\n");
    return 2;
}
