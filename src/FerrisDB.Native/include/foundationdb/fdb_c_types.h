// Types of the C interface. Handles are opaque: they may not even be pointers.

#ifndef FDB_C_TYPES_H
#define FDB_C_TYPES_H

#include <stdint.h>

typedef int fdb_error_t;
typedef int fdb_bool_t;

typedef struct FDB_future FDBFuture;
typedef struct FDB_result FDBResult;
typedef struct FDB_cluster FDBCluster;
typedef struct FDB_database FDBDatabase;
typedef struct FDB_tenant FDBTenant;
typedef struct FDB_transaction FDBTransaction;

typedef void (*FDBCallback)(FDBFuture *future, void *argument);

#pragma pack(push, 4)

typedef struct key {
    const uint8_t *key;
    int key_length;
} FDBKey;

typedef struct keyvalue {
    const uint8_t *key;
    int key_length;
    const uint8_t *value;
    int value_length;
} FDBKeyValue;

typedef struct keyselector {
    FDBKey key;
    fdb_bool_t orEqual;
    int offset;
} FDBKeySelector;

// What a row of a mapped range led to. A single key is the range that has just that.
typedef struct getrangereqandresult {
    FDBKeySelector begin;
    FDBKeySelector end;
    FDBKeyValue *data;
    int m_size;
    int m_capacity;
} FDBGetRangeReqAndResult;

typedef struct mappedkeyvalue {
    FDBKey key;
    FDBKey value;
    FDBGetRangeReqAndResult getRange;
    unsigned char buffer[32];
} FDBMappedKeyValue;

#pragma pack(pop)

#endif
