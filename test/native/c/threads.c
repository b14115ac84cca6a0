// Many callers at once, and nothing left behind.

#include "harness.h"

#include <malloc.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 200 };

static FDBDatabase *shared;

// Counts up by reading: the retries of all decide whether the sum is right.
static void *count_up(void *argument) {
    (void)argument;
    FDBTransaction *transaction = begin(shared);
    for (int round = 0; round < ROUNDS;) {
        char *found = await_value(get(transaction, "counter"));
        char text[16];
        snprintf(text, sizeof text, "%d", found == NULL ? 1 : atoi(found) + 1);
        free(found);
        set(transaction, "counter", text);
        int error = await(fdb_transaction_commit(transaction));
        if (error == 0)
            round++;
        else
            CHECK(error == 1020);
        if (error != 0)
            OK(await(fdb_transaction_on_error(transaction, error)));
        else
            fdb_transaction_reset(transaction);
    }
    fdb_transaction_destroy(transaction);
    return NULL;
}

static void *begin_and_end(void *argument) {
    (void)argument;
    FDBTransaction *transaction = begin(shared);
    OK(await(get(transaction, "counter")));
    fdb_transaction_destroy(transaction);
    return NULL;
}

void test_threads(FDBDatabase *database) {
    clear_all(database);
    shared = database;
    pthread_t threads[THREADS];
    for (int index = 0; index < THREADS; index++)
        CHECK(pthread_create(&threads[index], NULL, count_up, NULL) == 0);
    for (int index = 0; index < THREADS; index++)
        pthread_join(threads[index], NULL);
    char expected[16];
    snprintf(expected, sizeof expected, "%d", THREADS * ROUNDS);
    CHECK(has(database, "counter", expected));
    // Threads that come and go.
    for (int round = 0; round < ROUNDS; round++) {
        for (int index = 0; index < THREADS; index++)
            CHECK(pthread_create(&threads[index], NULL, begin_and_end, NULL) == 0);
        for (int index = 0; index < THREADS; index++)
            pthread_join(threads[index], NULL);
    }
}

static long resident_kib(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &pages, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void ignore(FDBFuture *future, void *argument) {
    (void)future;
    (void)argument;
}

// Everything that a program may leave in any state, many times.
static void use_and_leave(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *futures[] = {
        get(transaction, "large"),
        fdb_transaction_get_range(
            transaction, FDB_KEYSEL_FIRST_GREATER_OR_EQUAL((const uint8_t *)"", 0),
            FDB_KEYSEL_FIRST_GREATER_OR_EQUAL((const uint8_t *)"\xff", 1), 0, 0, FDB_STREAMING_MODE_WANT_ALL, 1, 0, 0),
        fdb_transaction_get_key(transaction, BYTES("large"), 0, 1, 0),
        fdb_transaction_watch(transaction, BYTES("large")),
        fdb_transaction_watch(transaction, BYTES("cancelled")),
        fdb_transaction_get_versionstamp(transaction),
        fdb_transaction_get_read_version(transaction),
        fdb_transaction_get_range_split_points(transaction, BYTES("a"), BYTES("z"), 1000),
        get(transaction, "\xff\x01"),
    };
    int count = sizeof futures / sizeof *futures;
    OK(fdb_future_set_callback(futures[0], ignore, NULL));
    OK(fdb_future_set_callback(futures[3], ignore, NULL));
    fdb_future_cancel(futures[4]);
    fdb_bool_t present;
    const uint8_t *value;
    int length;
    OK(fdb_future_block_until_ready(futures[0]));
    OK(fdb_future_get_value(futures[0], &present, &value, &length));
    fdb_future_release_memory(futures[0]);
    fdb_transaction_destroy(transaction);
    for (int index = 0; index < count; index++)
        fdb_future_destroy(futures[index]);
}

// After the first rounds memory must not grow: a leak of one byte for each future would show, a page of the heap not.
void test_leaks(FDBDatabase *database, int rounds) {
    clear_all(database);
    FDBTransaction *transaction = begin(database);
    char *large = calloc(1, 10000);
    fdb_transaction_set(transaction, BYTES("large"), (const uint8_t *)large, 10000);
    free(large);
    commit(transaction);
    long before = 0;
    for (int round = 0; round < rounds; round++) {
        if (round == rounds / 4) {
            malloc_trim(0);
            before = resident_kib();
        }
        use_and_leave(database);
    }
    malloc_trim(0);
    long after = resident_kib();
    printf("%d rounds: %ld KiB resident after a quarter, %ld KiB at the end\n", rounds, before, after);
    // The collector's heap has its size after some thousand rounds.
    CHECK(rounds < 10000 || after - before < 16 * 1024);
}
