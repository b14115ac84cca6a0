// Futures: states, callbacks, memory, cancelling.

#include "harness.h"

#include <semaphore.h>

struct call {
    sem_t done;
    FDBFuture *future;
    int error, blocked;
    int destroys;
    pthread_t thread;
};

static pthread_t callback_thread;

static void on_ready(FDBFuture *future, void *argument) {
    struct call *call = argument;
    call->future = future;
    call->error = fdb_future_get_error(future);
    call->thread = pthread_self();
    if (call->destroys)
        fdb_future_destroy(future);
    sem_post(&call->done);
}

static void await_call(FDBFuture *future, struct call *call) {
    sem_init(&call->done, 0, 0);
    OK(fdb_future_set_callback(future, on_ready, call));
    sem_wait(&call->done);
    sem_destroy(&call->done);
}

static void callbacks_run_on_the_network_thread(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *future = get(transaction, "callback");
    struct call first = {0}, second = {0};
    await_call(future, &first);
    CHECK(first.future == future && first.error == 0);
    CHECK(!pthread_equal(first.thread, pthread_self()));
    callback_thread = first.thread;
    await_call(future, &second);
    CHECK(pthread_equal(first.thread, second.thread));
    fdb_future_destroy(future);

    // A callback may destroy its future.
    struct call destroying = {.destroys = 1};
    await_call(get(transaction, "callback"), &destroying);
    CHECK(destroying.error == 0);
    fdb_transaction_destroy(transaction);
}

static void block_in_callback(FDBFuture *future, void *argument) {
    struct call *call = argument;
    (void)future;
    call->blocked = fdb_future_block_until_ready(call->future);
    sem_post(&call->done);
}

static void the_network_thread_cannot_wait_for_itself(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *pending = fdb_transaction_watch(transaction, BYTES("never"));
    FDBFuture *ready = get(transaction, "callback");
    struct call call = {.future = pending};
    sem_init(&call.done, 0, 0);
    OK(fdb_future_set_callback(ready, block_in_callback, &call));
    sem_wait(&call.done);
    FAILS(2026, call.blocked);
    call.future = ready;
    OK(fdb_future_set_callback(ready, block_in_callback, &call));
    sem_wait(&call.done);
    OK(call.blocked);
    sem_destroy(&call.done);
    fdb_future_destroy(pending);
    fdb_future_destroy(ready);
    fdb_transaction_destroy(transaction);
}

static void a_pending_future_can_be_cancelled(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *watch = fdb_transaction_watch(transaction, BYTES("cancelled"));
    commit(transaction);
    CHECK(!fdb_future_is_ready(watch));
    FAILS(2015, fdb_future_get_error(watch));
    fdb_bool_t present;
    const uint8_t *value;
    int length;
    FAILS(2015, fdb_future_get_value(watch, &present, &value, &length));
    struct call call = {0};
    sem_init(&call.done, 0, 0);
    OK(fdb_future_set_callback(watch, on_ready, &call));
    fdb_future_cancel(watch);
    sem_wait(&call.done);
    FAILS(1101, call.error);
    FAILS(1101, fdb_future_get_error(watch));
    OK(fdb_future_block_until_ready(watch));
    fdb_future_cancel(watch);
    fdb_future_destroy(watch);

    // A callback is called too when its future is destroyed before it is ready.
    transaction = begin(database);
    watch = fdb_transaction_watch(transaction, BYTES("cancelled"));
    commit(transaction);
    OK(fdb_future_set_callback(watch, on_ready, &call));
    fdb_future_destroy(watch);
    sem_wait(&call.done);
    FAILS(1101, call.error);
    sem_destroy(&call.done);
}

static void cancelling_what_is_ready_does_nothing(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *future = get(transaction, "callback");
    OK(fdb_future_block_until_ready(future));
    fdb_future_cancel(future);
    OK(fdb_future_get_error(future));
    fdb_future_destroy(future);
    fdb_transaction_destroy(transaction);
}

static void memory_is_released_after_the_last_getter(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    set(transaction, "memory", "value");
    FDBFuture *future = get(transaction, "memory");
    OK(fdb_future_block_until_ready(future));
    fdb_bool_t present;
    const uint8_t *first, *second;
    int length;
    OK(fdb_future_get_value(future, &present, &first, &length));
    OK(fdb_future_get_value(future, &present, &second, &length));
    CHECK(first == second && length == 5);
    fdb_future_release_memory(future);
    OK(fdb_future_get_error(future));
    CHECK(memcmp(first, "value", 5) == 0);
    fdb_future_release_memory(future);
    FAILS(1102, fdb_future_get_error(future));
    FAILS(1102, fdb_future_get_value(future, &present, &first, &length));
    fdb_future_destroy(future);
    // A result outlives its transaction.
    future = get(transaction, "memory");
    OK(fdb_future_block_until_ready(future));
    fdb_transaction_destroy(transaction);
    OK(fdb_future_get_value(future, &present, &first, &length));
    CHECK(present && memcmp(first, "value", 5) == 0);
    fdb_future_destroy(future);
}

void test_futures(FDBDatabase *database) {
    callbacks_run_on_the_network_thread(database);
    the_network_thread_cannot_wait_for_itself(database);
    a_pending_future_can_be_cancelled(database);
    cancelling_what_is_ready_does_nothing(database);
    memory_is_released_after_the_last_getter(database);
}
