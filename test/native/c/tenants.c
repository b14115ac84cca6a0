// Tenants: a table of what their calls answer, then one transaction in each of two.

#include "harness.h"

static FDBTenant *open_tenant(FDBDatabase *database, const char *name) {
    FDBTenant *tenant;
    OK(fdb_database_open_tenant(database, BYTES(name), &tenant));
    return tenant;
}

static FDBTransaction *begin_in(FDBTenant *tenant) {
    FDBTransaction *transaction;
    OK(fdb_tenant_create_transaction(tenant, &transaction));
    return transaction;
}

// Sets or clears a special key, or a key of the system, in a transaction of its own.
static int administer(FDBDatabase *database, const char *key, const char *value) {
    FDBTransaction *transaction = begin(database);
    OK(fdb_transaction_set_option(transaction, FDB_TR_OPTION_SPECIAL_KEY_SPACE_ENABLE_WRITES, NULL, 0));
    if (value != NULL)
        fdb_transaction_set(transaction, BYTES(key), BYTES(value));
    else
        fdb_transaction_clear(transaction, BYTES(key));
    int error = await(fdb_transaction_commit(transaction));
    fdb_transaction_destroy(transaction);
    return error;
}

static void each_call_answers_as_the_table_says(FDBDatabase *database) {
#define MAP "\xff\xff/management/tenant/map/"
    static const struct {
        const char *key, *value;
        int error;
    } table[] = {
        {MAP "one", "", 2136},
        {MAP "one", NULL, 0},
        {"\xff/conf/tenant_mode", "1", 0},
        {MAP "one", "", 0},
        {MAP "one", "", 0},
        {MAP "two", "", 0},
        {MAP "\xff", "", 2134},
        {"\xff\xff/management/tenant/rename/two", "one", 2132},
        {"\xff\xff/management/tenant/rename/none", "three", 2131},
        {"\xff\xff/management/tenant/rename/two", "three", 0},
        {MAP "none", NULL, 0},
    };
    for (size_t row = 0; row < sizeof table / sizeof table[0]; row++)
        FAILS(table[row].error, administer(database, table[row].key, table[row].value));
}

static void options_that_lead_out_are_refused(FDBTenant *tenant) {
    static const FDBTransactionOption refused[] = {
        FDB_TR_OPTION_ACCESS_SYSTEM_KEYS, FDB_TR_OPTION_READ_SYSTEM_KEYS, FDB_TR_OPTION_RAW_ACCESS};
    for (size_t index = 0; index < sizeof refused / sizeof refused[0]; index++) {
        FDBTransaction *transaction = begin_in(tenant);
        OK(fdb_transaction_set_option(transaction, refused[index], NULL, 0));
        FAILS(2007, await(get(transaction, "k")));
        fdb_transaction_destroy(transaction);
    }
}

void test_tenants(FDBDatabase *database) {
    each_call_answers_as_the_table_says(database);
    FDBTenant *one = open_tenant(database, "one");
    FDBTenant *three = open_tenant(database, "three");
    CHECK(await_int64(fdb_tenant_get_id(three)) > await_int64(fdb_tenant_get_id(one)));
    options_that_lead_out_are_refused(one);
    FDBTransaction *transaction = begin_in(one);
    set(transaction, "k", "in one");
    commit(transaction);
    transaction = begin_in(three);
    CHECK(await_value(get(transaction, "k")) == NULL);
    FAILS(2138, await(get(transaction, MAP "one")));
    FAILS(2133, administer(database, MAP "one", NULL));
    CHECK(has(database, "k", NULL));
    OK(administer(database, MAP "three", NULL));
    // It has read before; what it writes comes too late.
    set(transaction, "k", "late");
    FAILS(2131, await(fdb_transaction_commit(transaction)));
    fdb_transaction_destroy(transaction);
    FAILS(2131, await(fdb_tenant_get_id(three)));
    transaction = begin_in(one);
    fdb_transaction_clear(transaction, BYTES("k"));
    // The tenant is closed before its transaction.
    fdb_tenant_destroy(one);
    commit(transaction);
    fdb_tenant_destroy(three);
    OK(administer(database, MAP "one", NULL));
    OK(administer(database, "\xff/conf/tenant_mode", NULL));
}
