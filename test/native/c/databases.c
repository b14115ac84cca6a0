// Which database: cluster files, connection strings, shared and locked folders, what there is besides.

#include "harness.h"

#include <sys/wait.h>
#include <unistd.h>

static char *path_in(const char *folder, const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static char *write_file(const char *folder, const char *name, const char *content) {
    char *path = path_in(folder, name);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs(content, file) >= 0 && fclose(file) == 0);
    return path;
}

static int error_of(const char *cluster_file) {
    FDBDatabase *database;
    OK(fdb_create_database(cluster_file, &database));
    FDBTransaction *transaction = begin(database);
    fdb_transaction_set(transaction, BYTES("x"), BYTES("1"));
    int error = await(get(transaction, "x"));
    if (error != 0) {
        CHECK(await(fdb_transaction_commit(transaction)) == error);
        CHECK(await(fdb_transaction_on_error(transaction, error)) == error);
    }
    fdb_transaction_destroy(transaction);
    fdb_database_destroy(database);
    return error;
}

static void files_that_name_no_database_are_told(const char *folder) {
    FAILS(1515, error_of(path_in(folder, "nowhere")));
    CHECK(chdir(folder) == 0);
    FAILS(1515, error_of(NULL));
    FAILS(2104, error_of(write_file(folder, "wrong", "# nothing\n\n")));
    FAILS(2104, error_of(write_file(folder, "wrong", "ferrisdb:memory@a\nferrisdb:memory@b\n")));
    FAILS(2104, error_of(write_file(folder, "wrong", "no line of any form")));
    FDBDatabase *database = open_connection("nonsense");
    FDBTransaction *transaction = begin(database);
    FAILS(2104, await(get(transaction, "x")));
    FAILS(2104, await(fdb_transaction_watch(transaction, BYTES("x"))));
    fdb_transaction_destroy(transaction);
    fdb_database_destroy(database);
}

static void a_folder_is_shared_and_kept(const char *folder) {
    char *file = write_file(folder, "fdb.cluster", "# ours\nferrisdb:embedded@data\n");
    FDBDatabase *first, *second;
    OK(fdb_create_database(file, &first));
    OK(fdb_create_database(NULL, &second)); // ./fdb.cluster
    FDBTransaction *transaction = begin(first);
    set(transaction, "kept", "yes");
    // The database goes with its last transaction.
    fdb_database_destroy(first);
    commit(transaction);
    CHECK(has(second, "kept", "yes"));
    fdb_database_destroy(second);
    OK(setenv("FDB_CLUSTER_FILE", file, 1));
    CHECK(chdir("/") == 0);
    OK(fdb_create_database("", &first));
    CHECK(has(first, "kept", "yes"));
    fdb_database_destroy(first);
    CHECK(unsetenv("FDB_CLUSTER_FILE") == 0);
}

// Another process has the folder: this program again, which says when it has it and ends when it is told so.
static void a_folder_of_another_process_is_refused(const char *folder) {
    int ready[2], end[2];
    CHECK(pipe(ready) == 0 && pipe(end) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char connection[4200];
        snprintf(connection, sizeof connection, "ferrisdb:embedded@%s/locked", folder);
        CHECK(dup2(end[0], 0) == 0 && dup2(ready[1], 1) == 1);
        execl(program, program, "hold", connection, (char *)NULL);
        _Exit(1);
    }
    close(ready[1]);
    close(end[0]);
    char byte;
    CHECK(read(ready[0], &byte, 1) == 1);
    char line[4200];
    snprintf(line, sizeof line, "ferrisdb:embedded@%s/locked\n", folder);
    char *file = write_file(folder, "locked.cluster", line);
    FAILS(9001, error_of(file));
    CHECK(strstr(fdb_get_error(9001), "another process") != NULL);
    CHECK(write(end[1], "x", 1) == 1);
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    OK(error_of(file));
}

static void a_database_tells_about_itself(void) {
    FDBDatabase *database = open_connection("ferrisdb:memory@itself");
    FDBFuture *protocol = fdb_database_get_server_protocol(database, 0);
    uint64_t version;
    OK(fdb_future_get_uint64(protocol, &version));
    CHECK(version == 0x0FDB00B073000000);
    fdb_future_destroy(protocol);
    protocol = fdb_database_get_server_protocol(database, version);
    CHECK(!fdb_future_is_ready(protocol));
    fdb_future_destroy(protocol);
    char *status = await_key(fdb_database_get_client_status(database));
    CHECK(strstr(status, "\"Healthy\":true") != NULL);
    free(status);
    double busyness = fdb_database_get_main_thread_busyness(database);
    CHECK(busyness > 0 && busyness <= 1);
    FDBTransaction *transaction = begin(database);
    char *json = await_value(get(transaction, "\xff\xff/status/json"));
    CHECK(json != NULL && strstr(json, "\"database_available\":true") != NULL);
    free(json);
    fdb_transaction_destroy(transaction);
    fdb_database_destroy(database);
    // What is in memory under a name is there for the next one who says the name.
    FDBDatabase *first = open_connection("ferrisdb:memory@again");
    transaction = begin(first);
    set(transaction, "x", "1");
    commit(transaction);
    fdb_database_destroy(first);
    database = open_connection("ferrisdb:memory@again");
    CHECK(has(database, "x", "1"));
    fdb_database_destroy(database);
}

void test_databases(const char *folder) {
    files_that_name_no_database_are_told(folder);
    a_folder_is_shared_and_kept(folder);
    a_folder_of_another_process_is_refused(folder);
    a_database_tells_about_itself();
}
