// Numbers of options, modes, operations and predicates of the C interface. Include <foundationdb/fdb_c.h>, which
// includes this. The names and numbers are FoundationDB's; what each does here is in docs/fdb-compatibility.md.

#ifndef FDB_C_OPTIONS_G_H
#define FDB_C_OPTIONS_G_H

// fdb_network_set_option: accepted and checked; in process none has an effect but DISABLE_LOCAL_CLIENT.
typedef enum {
    FDB_NET_OPTION_LOCAL_ADDRESS = 10, // text
    FDB_NET_OPTION_CLUSTER_FILE = 20, // text
    FDB_NET_OPTION_TRACE_ENABLE = 30, // text, or none
    FDB_NET_OPTION_TRACE_ROLL_SIZE = 31, // 8 bytes, little-endian
    FDB_NET_OPTION_TRACE_MAX_LOGS_SIZE = 32, // 8 bytes, little-endian
    FDB_NET_OPTION_TRACE_LOG_GROUP = 33, // text
    FDB_NET_OPTION_TRACE_FORMAT = 34, // text
    FDB_NET_OPTION_TRACE_CLOCK_SOURCE = 35, // text
    FDB_NET_OPTION_TRACE_FILE_IDENTIFIER = 36, // text
    FDB_NET_OPTION_TRACE_SHARE_AMONG_CLIENT_THREADS = 37, // no value
    FDB_NET_OPTION_TRACE_INITIALIZE_ON_SETUP = 38, // no value
    FDB_NET_OPTION_TRACE_PARTIAL_FILE_SUFFIX = 39, // text
    FDB_NET_OPTION_KNOB = 40, // text
    FDB_NET_OPTION_TLS_PLUGIN = 41, // text, or none
    FDB_NET_OPTION_TLS_CERT_BYTES = 42, // text
    FDB_NET_OPTION_TLS_CERT_PATH = 43, // text
    FDB_NET_OPTION_TLS_KEY_BYTES = 45, // text
    FDB_NET_OPTION_TLS_KEY_PATH = 46, // text
    FDB_NET_OPTION_TLS_VERIFY_PEERS = 47, // text
    FDB_NET_OPTION_BUGGIFY_ENABLE = 48, // no value
    FDB_NET_OPTION_BUGGIFY_DISABLE = 49, // no value
    FDB_NET_OPTION_BUGGIFY_SECTION_ACTIVATED_PROBABILITY = 50, // 8 bytes, little-endian
    FDB_NET_OPTION_BUGGIFY_SECTION_FIRED_PROBABILITY = 51, // 8 bytes, little-endian
    FDB_NET_OPTION_TLS_CA_BYTES = 52, // text
    FDB_NET_OPTION_TLS_CA_PATH = 53, // text
    FDB_NET_OPTION_TLS_PASSWORD = 54, // text
    FDB_NET_OPTION_DISABLE_MULTI_VERSION_CLIENT_API = 60, // no value
    FDB_NET_OPTION_CALLBACKS_ON_EXTERNAL_THREADS = 61, // no value
    FDB_NET_OPTION_EXTERNAL_CLIENT_LIBRARY = 62, // text
    FDB_NET_OPTION_EXTERNAL_CLIENT_DIRECTORY = 63, // text
    FDB_NET_OPTION_DISABLE_LOCAL_CLIENT = 64, // no value
    FDB_NET_OPTION_CLIENT_THREADS_PER_VERSION = 65, // 8 bytes, little-endian
    FDB_NET_OPTION_FUTURE_VERSION_CLIENT_LIBRARY = 66, // text
    FDB_NET_OPTION_RETAIN_CLIENT_LIBRARY_COPIES = 67, // no value
    FDB_NET_OPTION_IGNORE_EXTERNAL_CLIENT_FAILURES = 68, // no value
    FDB_NET_OPTION_FAIL_INCOMPATIBLE_CLIENT = 69, // no value
    FDB_NET_OPTION_DISABLE_CLIENT_STATISTICS_LOGGING = 70, // no value
    FDB_NET_OPTION_ENABLE_RUN_LOOP_PROFILING = 71, // no value
    FDB_NET_OPTION_DISABLE_CLIENT_BYPASS = 72, // no value
    FDB_NET_OPTION_CLIENT_BUGGIFY_ENABLE = 80, // no value
    FDB_NET_OPTION_CLIENT_BUGGIFY_DISABLE = 81, // no value
    FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_ACTIVATED_PROBABILITY = 82, // 8 bytes, little-endian
    FDB_NET_OPTION_CLIENT_BUGGIFY_SECTION_FIRED_PROBABILITY = 83, // 8 bytes, little-endian
    FDB_NET_OPTION_DISTRIBUTED_CLIENT_TRACER = 90, // text
    FDB_NET_OPTION_CLIENT_TMP_DIR = 91, // text
    FDB_NET_OPTION_SUPPORTED_CLIENT_VERSIONS = 1000, // text
    FDB_NET_OPTION_EXTERNAL_CLIENT = 1001, // no value
    FDB_NET_OPTION_EXTERNAL_CLIENT_TRANSPORT_ID = 1002, // 8 bytes, little-endian
} FDBNetworkOption;

// fdb_database_set_option: for the transactions of a database handle from then on.
typedef enum {
    // Number. No effect in process.
    FDB_DB_OPTION_LOCATION_CACHE_SIZE = 10,
    // Number. Watches that may wait at once, 0 to 1,000,000. Default: 10,000.
    FDB_DB_OPTION_MAX_WATCHES = 20,
    // No effect in process.
    FDB_DB_OPTION_MACHINE_ID = 21,
    // No effect in process.
    FDB_DB_OPTION_DATACENTER_ID = 22,
    // Snapshot reads of new transactions see own writes: undoes one disable. The default.
    FDB_DB_OPTION_SNAPSHOT_RYW_ENABLE = 26,
    // Snapshot reads of new transactions do not see own writes.
    FDB_DB_OPTION_SNAPSHOT_RYW_DISABLE = 27,
    // No effect.
    FDB_DB_OPTION_TRANSACTION_LOGGING_MAX_FIELD_LENGTH = 405,
    // Default of Timeout.
    FDB_DB_OPTION_TRANSACTION_TIMEOUT = 500,
    // Default of RetryLimit.
    FDB_DB_OPTION_TRANSACTION_RETRY_LIMIT = 501,
    // Default of MaxRetryDelay.
    FDB_DB_OPTION_TRANSACTION_MAX_RETRY_DELAY = 502,
    // Default of SizeLimit.
    FDB_DB_OPTION_TRANSACTION_SIZE_LIMIT = 503,
    // No effect in process.
    FDB_DB_OPTION_TRANSACTION_CAUSAL_READ_RISKY = 504,
    // No effect.
    FDB_DB_OPTION_TRANSACTION_INCLUDE_PORT_IN_ADDRESS = 505,
    // No effect in process.
    FDB_DB_OPTION_TRANSACTION_AUTOMATIC_IDEMPOTENCY = 506,
    // Default of BypassUnreadable.
    FDB_DB_OPTION_TRANSACTION_BYPASS_UNREADABLE = 700,
    // Default of UsedDuringCommitProtectionDisable.
    FDB_DB_OPTION_TRANSACTION_USED_DURING_COMMIT_PROTECTION_DISABLE = 701,
    // Default of ReportConflictingKeys.
    FDB_DB_OPTION_TRANSACTION_REPORT_CONFLICTING_KEYS = 702,
    // No effect.
    FDB_DB_OPTION_USE_CONFIG_DATABASE = 800,
    // No effect.
    FDB_DB_OPTION_TEST_CAUSAL_READ_RISKY = 900,
} FDBDatabaseOption;

// fdb_transaction_set_option: for one transaction. Numbers are 8 bytes, little-endian.
typedef enum {
    // No effect in process: a commit never has to be proven absent.
    FDB_TR_OPTION_CAUSAL_WRITE_RISKY = 10,
    // No effect in process: a read version costs nothing.
    FDB_TR_OPTION_CAUSAL_READ_RISKY = 20,
    // No effect, as in FoundationDB.
    FDB_TR_OPTION_CAUSAL_READ_DISABLE = 21,
    // No effect: addresses always have their port.
    FDB_TR_OPTION_INCLUDE_PORT_IN_ADDRESS = 23,
    // The next write adds no write conflict range.
    FDB_TR_OPTION_NEXT_WRITE_NO_WRITE_CONFLICT_RANGE = 30,
    // No effect.
    FDB_TR_OPTION_COMMIT_ON_FIRST_PROXY = 40,
    // No effect, as in FoundationDB.
    FDB_TR_OPTION_CHECK_WRITES_ENABLE = 50,
    // Reads do not see the transaction's own writes. Before any read or write.
    FDB_TR_OPTION_READ_YOUR_WRITES_DISABLE = 51,
    // No effect, as in FoundationDB.
    FDB_TR_OPTION_READ_AHEAD_DISABLE = 52,
    // No effect, as in FoundationDB.
    FDB_TR_OPTION_DURABILITY_DATACENTER = 110,
    // No effect, as in FoundationDB; see the durability of a commit.
    FDB_TR_OPTION_DURABILITY_RISKY = 120,
    // No effect, as in FoundationDB.
    FDB_TR_OPTION_DURABILITY_DEV_NULL_IS_WEB_SCALE = 130,
    // No effect in process: nobody waits for a read version.
    FDB_TR_OPTION_PRIORITY_SYSTEM_IMMEDIATE = 200,
    // No effect in process: nobody waits for a read version.
    FDB_TR_OPTION_PRIORITY_BATCH = 201,
    // No effect: there is nothing to initialize.
    FDB_TR_OPTION_INITIALIZE_NEW_DATABASE = 300,
    // Keys from \xff on may be read and written.
    FDB_TR_OPTION_ACCESS_SYSTEM_KEYS = 301,
    // Keys from \xff on may be read.
    FDB_TR_OPTION_READ_SYSTEM_KEYS = 302,
    // No effect without tenants.
    FDB_TR_OPTION_RAW_ACCESS = 303,
    // No effect: there are no quotas.
    FDB_TR_OPTION_BYPASS_STORAGE_QUOTA = 304,
    // No effect.
    FDB_TR_OPTION_DEBUG_DUMP = 400,
    // No effect.
    FDB_TR_OPTION_DEBUG_RETRY_LOGGING = 401,
    // No effect.
    FDB_TR_OPTION_TRANSACTION_LOGGING_ENABLE = 402,
    // A name of 1 to 100 bytes that stands in the message of a timeout. Cannot be changed.
    FDB_TR_OPTION_DEBUG_TRANSACTION_IDENTIFIER = 403,
    // No effect; needs an identifier.
    FDB_TR_OPTION_LOG_TRANSACTION = 404,
    // No effect; at least -1 and not 0.
    FDB_TR_OPTION_TRANSACTION_LOGGING_MAX_FIELD_LENGTH = 405,
    // No effect.
    FDB_TR_OPTION_SERVER_REQUEST_TRACING = 406,
    // Milliseconds from creation or reset after which everything fails with 1031; 0 is never. Kept across retries.
    FDB_TR_OPTION_TIMEOUT = 500,
    // Retries at most; -1 is no limit. Kept across retries.
    FDB_TR_OPTION_RETRY_LIMIT = 501,
    // Milliseconds between two attempts at most. Kept across retries. Default: 1,000.
    FDB_TR_OPTION_MAX_RETRY_DELAY = 502,
    // Bytes of a commit at most, from 32 to the limit of the database.
    FDB_TR_OPTION_SIZE_LIMIT = 503,
    // 16 to 255 bytes. No effect in process: a commit is applied exactly once.
    FDB_TR_OPTION_IDEMPOTENCY_ID = 504,
    // No effect in process: a commit is applied exactly once.
    FDB_TR_OPTION_AUTOMATIC_IDEMPOTENCY = 505,
    // No effect.
    FDB_TR_OPTION_READ_SERVER_SIDE_CACHE_ENABLE = 507,
    // No effect.
    FDB_TR_OPTION_READ_SERVER_SIDE_CACHE_DISABLE = 508,
    // No effect.
    FDB_TR_OPTION_READ_PRIORITY_NORMAL = 509,
    // No effect.
    FDB_TR_OPTION_READ_PRIORITY_LOW = 510,
    // No effect.
    FDB_TR_OPTION_READ_PRIORITY_HIGH = 511,
    // Snapshot reads see own writes: undoes one disable.
    FDB_TR_OPTION_SNAPSHOT_RYW_ENABLE = 600,
    // Snapshot reads do not see own writes.
    FDB_TR_OPTION_SNAPSHOT_RYW_DISABLE = 601,
    // No effect: a database cannot be locked.
    FDB_TR_OPTION_LOCK_AWARE = 700,
    // Using the transaction during its commit fails that call alone, not the commit.
    FDB_TR_OPTION_USED_DURING_COMMIT_PROTECTION_DISABLE = 701,
    // No effect: a database cannot be locked.
    FDB_TR_OPTION_READ_LOCK_AWARE = 702,
    // No effect.
    FDB_TR_OPTION_FIRST_IN_BATCH = 710,
    // No effect.
    FDB_TR_OPTION_USE_PROVISIONAL_PROXIES = 711,
    // A conflict names the ranges: see ConflictingRanges and the special keys.
    FDB_TR_OPTION_REPORT_CONFLICTING_KEYS = 712,
    // Reads of special keys may cross modules.
    FDB_TR_OPTION_SPECIAL_KEY_SPACE_RELAXED = 713,
    // Special keys may be written.
    FDB_TR_OPTION_SPECIAL_KEY_SPACE_ENABLE_WRITES = 714,
    // A tag of the transaction: at most five, of at most 255 bytes. No effect.
    FDB_TR_OPTION_TAG = 800,
    // As a tag.
    FDB_TR_OPTION_AUTO_THROTTLE_TAG = 801,
    // 33 bytes. No effect.
    FDB_TR_OPTION_SPAN_PARENT = 900,
    // No effect: clears cost nothing.
    FDB_TR_OPTION_EXPENSIVE_CLEAR_COST_ESTIMATION_ENABLE = 1000,
    // A get of an unreadable key returns the operand of its versionstamped write.
    FDB_TR_OPTION_BYPASS_UNREADABLE = 1100,
    // Refused with InvalidOption: read versions are not cached.
    FDB_TR_OPTION_USE_GRV_CACHE = 1101,
    // No effect.
    FDB_TR_OPTION_SKIP_GRV_CACHE = 1102,
    // No effect in process. Kept across retries.
    FDB_TR_OPTION_AUTHORIZATION_TOKEN = 2000,
} FDBTransactionOption;

// fdb_transaction_get_range: how much is fetched at once.
typedef enum {
    // The whole range is wanted: large pages.
    FDB_STREAMING_MODE_WANT_ALL = -2,
    // Pages that grow with the iteration.
    FDB_STREAMING_MODE_ITERATOR = -1,
    // Up to the limits, which must be there.
    FDB_STREAMING_MODE_EXACT = 0,
    // Some hundred bytes.
    FDB_STREAMING_MODE_SMALL = 1,
    // A thousand bytes.
    FDB_STREAMING_MODE_MEDIUM = 2,
    // Some thousand bytes.
    FDB_STREAMING_MODE_LARGE = 3,
    // Eighty thousand bytes.
    FDB_STREAMING_MODE_SERIAL = 4,
} FDBStreamingMode;

// fdb_transaction_atomic_op: how a value and an operand are combined, at the commit.
typedef enum {
    // Adds the operand; an absent key becomes the operand.
    FDB_MUTATION_TYPE_ADD = 2,
    // Bitwise and; an absent key becomes the operand.
    FDB_MUTATION_TYPE_BIT_AND = 6,
    // Bitwise or; an absent key becomes the operand.
    FDB_MUTATION_TYPE_BIT_OR = 7,
    // Bitwise exclusive or; an absent key becomes the operand.
    FDB_MUTATION_TYPE_BIT_XOR = 8,
    // Appends the operand if the result is no longer than a value may be; else changes nothing.
    FDB_MUTATION_TYPE_APPEND_IF_FITS = 9,
    // The larger number; an absent key becomes the operand.
    FDB_MUTATION_TYPE_MAX = 12,
    // The smaller number; an absent key becomes the operand.
    FDB_MUTATION_TYPE_MIN = 13,
    // Sets the key into which the commit's versionstamp is written: the last 4 bytes of the key are the offset where
    // its 10 bytes go, little-endian, and are taken off.
    FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_KEY = 14,
    // Sets the value into which the commit's versionstamp is written, as for a key.
    FDB_MUTATION_TYPE_SET_VERSIONSTAMPED_VALUE = 15,
    // The smaller one in byte order; an absent key becomes the operand.
    FDB_MUTATION_TYPE_BYTE_MIN = 16,
    // The larger one in byte order; an absent key becomes the operand.
    FDB_MUTATION_TYPE_BYTE_MAX = 17,
    // Removes the key if its value is the operand.
    FDB_MUTATION_TYPE_COMPARE_AND_CLEAR = 20,
} FDBMutationType;

// fdb_transaction_add_conflict_range.
typedef enum {
    // As if the range had been read.
    FDB_CONFLICT_RANGE_TYPE_READ = 0,
    // As if the range were written.
    FDB_CONFLICT_RANGE_TYPE_WRITE = 1,
} FDBConflictRangeType;

// fdb_error_predicate.
typedef enum {
    // Another attempt may succeed.
    FDB_ERROR_PREDICATE_RETRYABLE = 50000,
    // Nobody knows whether it was committed.
    FDB_ERROR_PREDICATE_MAYBE_COMMITTED = 50001,
    // It was not committed, and another attempt may succeed.
    FDB_ERROR_PREDICATE_RETRYABLE_NOT_COMMITTED = 50002,
} FDBErrorPredicate;

#endif
