// FerrisDB behind FoundationDB's C interface, API version 730. Programs define FDB_API_VERSION before they include
// this: the version whose behaviour they expect, from 14 on. They link with -lfdb_c. docs/libfdb.md is the manual.
//
//     fdb_select_api_version(FDB_API_VERSION);            once, first; a process may fork until it sets up the network
//     fdb_setup_network();
//     pthread_create(... fdb_run_network ...);            its callbacks run on that thread
//     fdb_create_database("fdb.cluster", &database);      never fails for the file: what is asked of it does
//     fdb_database_create_transaction(database, &transaction);
//     FDBFuture *future = fdb_transaction_get(transaction, key, key_length, 0);
//     fdb_future_block_until_ready(future);               or fdb_future_set_callback
//     fdb_future_get_value(future, &present, &value, &value_length);
//     fdb_future_destroy(future);                         and with it the memory of the value
//     ...
//     fdb_stop_network();
//
// Functions that return a future never return NULL, and those without a result never fail: their first error is that of
// the commit, and of every future of that transaction until then. Keys, values and options are copied before a function
// returns. Lengths are in bytes; NULL with length 0 is an empty one. A handle that was destroyed is told from one that
// was not: a future behaves as a cancelled one, and so does a transaction. All functions are thread-safe.

#ifndef FDB_C_H
#define FDB_C_H

#ifndef FDB_API_VERSION
#error Define FDB_API_VERSION before fdb_c.h is included: 730 is the newest.
#elif FDB_API_VERSION < 14 || FDB_API_VERSION > 730
#error FDB_API_VERSION must be from 14 to 730.
#endif

#include <stdint.h>

#include <foundationdb/fdb_c_options.g.h>
#include <foundationdb/fdb_c_types.h>

#ifdef __cplusplus
extern "C" {
#endif

// ----- Versions and errors. An error of 0 is success.

#define fdb_select_api_version(version) fdb_select_api_version_impl((version), FDB_API_VERSION)

// Once for a process. 2201: again; 2202: newer than the header; 2203: not supported.
fdb_error_t fdb_select_api_version_impl(int runtime_version, int header_version);
int fdb_get_max_api_version(void);
const char *fdb_get_client_version(void);

// What an error means: a line that lives as long as the process, never NULL.
const char *fdb_get_error(fdb_error_t code);
// Whether an error is one of a kind: see FDBErrorPredicate.
fdb_bool_t fdb_error_predicate(int predicate, fdb_error_t code);

// ----- The network. There is none, but callbacks need a thread.

fdb_error_t fdb_network_set_option(FDBNetworkOption option, const uint8_t *value, int value_length);
fdb_error_t fdb_setup_network(void);
// Returns after fdb_stop_network. Once.
fdb_error_t fdb_run_network(void);
// From any thread, for good.
fdb_error_t fdb_stop_network(void);
// Runs on the network thread when it ends.
fdb_error_t fdb_add_network_thread_completion_hook(void (*hook)(void *), void *argument);

// ----- Futures. Destroy each one once. Pointers that a getter sets lead to memory that lives until the future is
// destroyed or released.

void fdb_future_destroy(FDBFuture *future);
// A future that is not ready fails with 1101.
void fdb_future_cancel(FDBFuture *future);
// After as many of these as there were getters the memory goes, and later getters answer 1102.
void fdb_future_release_memory(FDBFuture *future);
// 2026 on the network thread. A future that has failed is ready too.
fdb_error_t fdb_future_block_until_ready(FDBFuture *future);
fdb_bool_t fdb_future_is_ready(FDBFuture *future);
// Always called on the network thread, once, also if the future is ready already.
fdb_error_t fdb_future_set_callback(FDBFuture *future, FDBCallback callback, void *argument);

#if FDB_API_VERSION >= 23
// 2015 as long as it is not ready.
fdb_error_t fdb_future_get_error(FDBFuture *future);
#else
fdb_error_t fdb_future_get_error(FDBFuture *future, const char **description);
fdb_bool_t fdb_future_is_error(FDBFuture *future);
#endif

#if FDB_API_VERSION < 620
fdb_error_t fdb_future_get_version(FDBFuture *future, int64_t *version);
#endif
fdb_error_t fdb_future_get_int64(FDBFuture *future, int64_t *number);
fdb_error_t fdb_future_get_uint64(FDBFuture *future, uint64_t *number);
fdb_error_t fdb_future_get_bool(FDBFuture *future, fdb_bool_t *value);
fdb_error_t fdb_future_get_double(FDBFuture *future, double *number);
fdb_error_t fdb_future_get_key(FDBFuture *future, const uint8_t **key, int *key_length);
// Value and length are set only if the value is present.
fdb_error_t fdb_future_get_value(FDBFuture *future, fdb_bool_t *present, const uint8_t **value, int *value_length);
fdb_error_t fdb_future_get_keyvalue_array(
    FDBFuture *future, const FDBKeyValue **rows, int *count, fdb_bool_t *more);
fdb_error_t fdb_future_get_mappedkeyvalue_array(
    FDBFuture *future, const FDBMappedKeyValue **rows, int *count, fdb_bool_t *more);
fdb_error_t fdb_future_get_key_array(FDBFuture *future, const FDBKey **keys, int *count);
fdb_error_t fdb_future_get_string_array(FDBFuture *future, const char ***texts, int *count);

// ----- Databases.

#if FDB_API_VERSION >= 610
// By a cluster file; NULL looks for it: FDB_CLUSTER_FILE, ./fdb.cluster, /etc/foundationdb/fdb.cluster. 2008 before the
// network is set up; whatever else is wrong is the error of everything that is asked of the database.
fdb_error_t fdb_create_database(const char *cluster_file_path, FDBDatabase **database);
#else
FDBFuture *fdb_create_cluster(const char *cluster_file_path);
fdb_error_t fdb_future_get_cluster(FDBFuture *future, FDBCluster **cluster);
fdb_error_t fdb_cluster_set_option(FDBCluster *cluster, int option, const uint8_t *value, int value_length);
FDBFuture *fdb_cluster_create_database(FDBCluster *cluster, const uint8_t *name, int name_length);
fdb_error_t fdb_future_get_database(FDBFuture *future, FDBDatabase **database);
void fdb_cluster_destroy(FDBCluster *cluster);
#endif
// By the line of a cluster file, such as "ferrisdb:embedded@/path/to/folder" or "ferrisdb:memory@name".
fdb_error_t fdb_create_database_from_connection_string(const char *connection, FDBDatabase **database);
// Its transactions go on; it is closed with the last of them.
void fdb_database_destroy(FDBDatabase *database);
fdb_error_t fdb_database_set_option(
    FDBDatabase *database, FDBDatabaseOption option, const uint8_t *value, int value_length);
fdb_error_t fdb_database_create_transaction(FDBDatabase *database, FDBTransaction **transaction);
FDBFuture *fdb_database_get_client_status(FDBDatabase *database);
double fdb_database_get_main_thread_busyness(FDBDatabase *database);
FDBFuture *fdb_database_get_server_protocol(FDBDatabase *database, uint64_t expected_version);
FDBFuture *fdb_database_reboot_worker(
    FDBDatabase *database, const uint8_t *address, int address_length, fdb_bool_t check, int duration);
FDBFuture *fdb_database_force_recovery_with_data_loss(
    FDBDatabase *database, const uint8_t *data_center, int data_center_length);
FDBFuture *fdb_database_create_snapshot(
    FDBDatabase *database, const uint8_t *uid, int uid_length, const uint8_t *command, int command_length);

// ----- Tenants.

fdb_error_t fdb_database_open_tenant(
    FDBDatabase *database, const uint8_t *name, int name_length, FDBTenant **tenant);
fdb_error_t fdb_tenant_create_transaction(FDBTenant *tenant, FDBTransaction **transaction);
FDBFuture *fdb_tenant_get_id(FDBTenant *tenant);
void fdb_tenant_destroy(FDBTenant *tenant);

// ----- Transactions.

void fdb_transaction_destroy(FDBTransaction *transaction);
// Everything of it fails with 1025 until it is reset.
void fdb_transaction_cancel(FDBTransaction *transaction);
void fdb_transaction_reset(FDBTransaction *transaction);
fdb_error_t fdb_transaction_set_option(
    FDBTransaction *transaction, FDBTransactionOption option, const uint8_t *value, int value_length);
// What to do about an error: ready when the transaction was reset and is to be run again, failed if it is not worth it.
FDBFuture *fdb_transaction_on_error(FDBTransaction *transaction, fdb_error_t error);
FDBFuture *fdb_transaction_commit(FDBTransaction *transaction);
// -1 before the commit, and after one that wrote nothing.
fdb_error_t fdb_transaction_get_committed_version(FDBTransaction *transaction, int64_t *version);
// Ask before the commit: 10 bytes, ready after it.
FDBFuture *fdb_transaction_get_versionstamp(FDBTransaction *transaction);
void fdb_transaction_set_read_version(FDBTransaction *transaction, int64_t version);
FDBFuture *fdb_transaction_get_read_version(FDBTransaction *transaction);
FDBFuture *fdb_transaction_get_approximate_size(FDBTransaction *transaction);
FDBFuture *fdb_transaction_get_total_cost(FDBTransaction *transaction);
FDBFuture *fdb_transaction_get_tag_throttled_duration(FDBTransaction *transaction);

// ----- Reads. Those of a snapshot do not make the commit conflict.

FDBFuture *fdb_transaction_get(
    FDBTransaction *transaction, const uint8_t *key, int key_length, fdb_bool_t snapshot);

// The four arguments of a selector, by a key and its length.
#define FDB_KEYSEL_LAST_LESS_THAN(key, length) key, length, 0, 0
#define FDB_KEYSEL_LAST_LESS_OR_EQUAL(key, length) key, length, 1, 0
#define FDB_KEYSEL_FIRST_GREATER_THAN(key, length) key, length, 1, 1
#define FDB_KEYSEL_FIRST_GREATER_OR_EQUAL(key, length) key, length, 0, 1

FDBFuture *fdb_transaction_get_key(
    FDBTransaction *transaction, const uint8_t *key, int key_length, fdb_bool_t or_equal, int offset,
    fdb_bool_t snapshot);

// One page. Limits of 0 are none; iteration counts pages from 1.
FDBFuture *fdb_transaction_get_range(
    FDBTransaction *transaction,
    const uint8_t *begin_key, int begin_key_length, fdb_bool_t begin_or_equal, int begin_offset,
    const uint8_t *end_key, int end_key_length, fdb_bool_t end_or_equal, int end_offset,
    int limit, int target_bytes, FDBStreamingMode mode, int iteration, fdb_bool_t snapshot, fdb_bool_t reverse);

// From the rows of an index to what they point at. The mapper is a packed tuple with {K[i]}, {V[i]} and {...}.
FDBFuture *fdb_transaction_get_mapped_range(
    FDBTransaction *transaction,
    const uint8_t *begin_key, int begin_key_length, fdb_bool_t begin_or_equal, int begin_offset,
    const uint8_t *end_key, int end_key_length, fdb_bool_t end_or_equal, int end_offset,
    const uint8_t *mapper, int mapper_length,
    int limit, int target_bytes, FDBStreamingMode mode, int iteration, fdb_bool_t snapshot, fdb_bool_t reverse);

FDBFuture *fdb_transaction_get_addresses_for_key(FDBTransaction *transaction, const uint8_t *key, int key_length);
FDBFuture *fdb_transaction_get_estimated_range_size_bytes(
    FDBTransaction *transaction, const uint8_t *begin_key, int begin_key_length, const uint8_t *end_key,
    int end_key_length);
FDBFuture *fdb_transaction_get_range_split_points(
    FDBTransaction *transaction, const uint8_t *begin_key, int begin_key_length, const uint8_t *end_key,
    int end_key_length, int64_t chunk_size);
// Ready when the value is another one, some time after the commit. Destroy it to stop watching.
FDBFuture *fdb_transaction_watch(FDBTransaction *transaction, const uint8_t *key, int key_length);

// ----- Writes.

void fdb_transaction_set(
    FDBTransaction *transaction, const uint8_t *key, int key_length, const uint8_t *value, int value_length);
void fdb_transaction_clear(FDBTransaction *transaction, const uint8_t *key, int key_length);
void fdb_transaction_clear_range(
    FDBTransaction *transaction, const uint8_t *begin_key, int begin_key_length, const uint8_t *end_key,
    int end_key_length);
void fdb_transaction_atomic_op(
    FDBTransaction *transaction, const uint8_t *key, int key_length, const uint8_t *operand, int operand_length,
    FDBMutationType operation);
fdb_error_t fdb_transaction_add_conflict_range(
    FDBTransaction *transaction, const uint8_t *begin_key, int begin_key_length, const uint8_t *end_key,
    int end_key_length, FDBConflictRangeType type);

#ifdef __cplusplus
}
#endif

#endif
