// What the tests of the C interface share: checks that name their place, a network thread, and futures awaited in a line.

#ifndef HARNESS_H
#define HARNESS_H

#define _GNU_SOURCE
#define FDB_API_VERSION 730
#include <foundationdb/fdb_c.h>

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) \
    do { \
        if (!(condition)) \
            fail(__FILE__, __LINE__, #condition); \
    } while (0)
#define OK(error) check_error(__FILE__, __LINE__, #error, (error), 0)
#define FAILS(code, error) check_error(__FILE__, __LINE__, #error, (error), (code))
#define BYTES(text) (const uint8_t *)(text), (int)strlen(text)

// This program's own file.
extern char *program;

_Noreturn void fail(const char *file, int line, const char *what);
void check_error(const char *file, int line, const char *what, int found, int expected);

// The network, and databases.
void start_network(void);
// The same of a program that has selected its version and set options.
void run_network_of_version(void);
void stop_network(void);
FDBDatabase *open_connection(const char *connection);
FDBTransaction *begin(FDBDatabase *database);

// Waits for a future, destroys it, and returns its error.
int await(FDBFuture *future);
int64_t await_int64(FDBFuture *future);
// The same of a value, as a text that the caller frees; NULL if it is absent.
char *await_value(FDBFuture *future);
char *await_key(FDBFuture *future);

void set(FDBTransaction *transaction, const char *key, const char *value);
FDBFuture *get(FDBTransaction *transaction, const char *key);
// Commits and destroys.
void commit(FDBTransaction *transaction);
// Removes everything.
void clear_all(FDBDatabase *database);
// Whether a key has a value; NULL is absent.
int has(FDBDatabase *database, const char *key, const char *value);

// The tests, by chapter.
void test_versions_and_errors(void);
void test_futures(FDBDatabase *database);
void test_transactions(FDBDatabase *database);
void test_ranges(FDBDatabase *database, const char *connection);
// Opens the same database once more.
void test_options(FDBDatabase *database, const char *connection);
void test_databases(const char *folder);
void test_misuse(FDBDatabase *database);
void test_tenants(FDBDatabase *database);
void test_locks(FDBDatabase *database);
void test_unsupported(FDBDatabase *database);
void test_threads(FDBDatabase *database);
void test_leaks(FDBDatabase *database, int rounds);

// Counts up beside programs in other languages.
int count_together(const char *connection, const char *name, int rounds);

// What was different in an older version.
int test_version(const char *connection, int version);

// A server behind TLS, with options OPTION=VALUE, answers; or everything fails with the error that is expected.
int test_tls(const char *connection, int expected, int count, char **arguments);

#endif
