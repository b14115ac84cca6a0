// Handles that are wrong, and what does not exist here.

#include "harness.h"

#include <unistd.h>

static void handles_are_told_apart(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *future = get(transaction, "x");
    // Clients have been seen to destroy a future as a transaction.
    fdb_transaction_destroy((FDBTransaction *)future);
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_error(future));
    fdb_future_destroy((FDBFuture *)transaction);
    OK(await(get(transaction, "x")));
    fdb_database_destroy((FDBDatabase *)transaction);
    OK(await(get(transaction, "x")));
    fdb_future_destroy(future);
    fdb_future_destroy(future);
    FAILS(1101, fdb_future_get_error(future));
    FAILS(1101, fdb_future_block_until_ready(future));
    CHECK(fdb_future_is_ready(future));
    int64_t number;
    FAILS(1101, fdb_future_get_int64(future, &number));
    fdb_transaction_destroy(transaction);
    fdb_transaction_destroy(transaction);
    FAILS(1025, await(get(transaction, "x")));
    FAILS(1025, await(fdb_transaction_commit(transaction)));
    set(transaction, "x", "1");
    fdb_transaction_reset(transaction);
    fdb_transaction_cancel(transaction);
    FDBTransaction *none;
    FAILS(2000, fdb_database_create_transaction((FDBDatabase *)transaction, &none));
}

static void anything_may_be_taken_for_a_handle(void) {
    int local = 0;
    void *const wrong[] = {
        NULL, (void *)1, &local, (char *)&local + 1, (void *)-1, (void *)0x1ffffffffff0, (void *)0x1ffff0000000};
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        fdb_future_destroy(wrong[index]);
        fdb_future_cancel(wrong[index]);
        fdb_future_release_memory(wrong[index]);
        fdb_transaction_destroy(wrong[index]);
        fdb_database_destroy(wrong[index]);
        fdb_tenant_destroy(wrong[index]);
        FAILS(1025, await(fdb_transaction_get(wrong[index], BYTES("x"), 0)));
        FAILS(1025, await(fdb_transaction_on_error(wrong[index], 1020)));
    }
}

static void getters_of_another_kind_are_refused(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FDBFuture *future = get(transaction, "x");
    OK(fdb_future_block_until_ready(future));
    int64_t number;
    FAILS(2000, fdb_future_get_int64(future, &number));
    const uint8_t *key;
    int length;
    FAILS(2000, fdb_future_get_key(future, &key, &length));
    FAILS(2000, fdb_future_set_callback(future, NULL, NULL));
    fdb_future_destroy(future);
    // FoundationDB's own programs take a key for a value.
    future = fdb_transaction_get_key(transaction, BYTES("nothing behind"), 0, 1, 0);
    fdb_bool_t present = 0;
    OK(fdb_future_block_until_ready(future));
    OK(fdb_future_get_value(future, &present, &key, &length));
    CHECK(present && length == 1 && *key == 0xff);
    fdb_future_destroy(future);
    fdb_transaction_destroy(transaction);
}

void test_misuse(FDBDatabase *database) {
    handles_are_told_apart(database);
    anything_may_be_taken_for_a_handle();
    getters_of_another_kind_are_refused(database);
}

// Of blob granules no arguments are looked at: one declaration is enough for all.
FDBFuture *fdb_database_blobbify_range(FDBDatabase *database);
FDBFuture *fdb_transaction_get_blob_granule_ranges(FDBTransaction *transaction);
FDBResult *fdb_transaction_read_blob_granules(FDBTransaction *transaction);
fdb_error_t fdb_result_get_keyvalue_array(FDBResult *result);
void fdb_result_destroy(FDBResult *result);

void test_unsupported(FDBDatabase *database) {
    FDBTransaction *transaction = begin(database);
    FAILS(2108, await(fdb_database_blobbify_range(database)));
    FAILS(2108, await(fdb_transaction_get_blob_granule_ranges(transaction)));
    FDBResult *result = fdb_transaction_read_blob_granules(transaction);
    FAILS(2108, fdb_result_get_keyvalue_array(result));
    fdb_result_destroy(result);
    CHECK(await_int64(fdb_database_reboot_worker(database, BYTES("127.0.0.1:1"), 0, 0)) == 0);
    OK(await(fdb_database_force_recovery_with_data_loss(database, BYTES("dc"))));
    FAILS(2509, await(fdb_database_create_snapshot(database, BYTES("zz"), BYTES("snap"))));
    FAILS(2505, await(fdb_database_create_snapshot(
        database, BYTES("0123456789abcdef0123456789ABCDEF"), BYTES("snap"))));
    FDBTenant *tenant;
    OK(fdb_database_open_tenant(database, BYTES("tenant"), &tenant));
    FDBTransaction *of_tenant;
    OK(fdb_tenant_create_transaction(tenant, &of_tenant));
    FAILS(2131, await(get(of_tenant, "x")));
    FAILS(2131, await(fdb_tenant_get_id(tenant)));
    fdb_transaction_destroy(of_tenant);
    fdb_tenant_destroy(tenant);
    fdb_transaction_destroy(transaction);
}
