// What a program calls before it sets up the network, in C, so that the managed runtime does not start before that: a
// process that forks loses all its threads but one, and the runtime has threads. Programs select the API version and
// set options at their start, and fork their workers afterwards.
//
// Nothing here is thread-safe, as in FoundationDB: one thread prepares the network.

#define _POSIX_C_SOURCE 200809L

#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Before version 14 functions had other arguments, and no program of that age is left.
enum { API_VERSION_MIN = 14, API_VERSION_MAX = 730 };

enum {
    ERROR_PLATFORM = 1500,
    ERROR_FILE_NOT_FOUND = 1511,
    ERROR_INVALID_OPTION_VALUE = 2006,
    ERROR_INVALID_OPTION = 2007,
    ERROR_NETWORK_ALREADY_SETUP = 2009,
    ERROR_ENVIRONMENT_OPTION = 2022,
    ERROR_NO_EXTERNAL_CLIENT = 2123,
    ERROR_API_VERSION_UNSET = 2200,
    ERROR_API_VERSION_ALREADY_SET = 2201,
    ERROR_API_VERSION_INVALID = 2202,
    ERROR_API_VERSION_NOT_SUPPORTED = 2203,
};

enum {
    OPTION_TRACE_FILE_IDENTIFIER = 36,
    OPTION_TRACE_FORMAT = 34,
    OPTION_TRACE_CLOCK_SOURCE = 35,
    OPTION_KNOB = 40,
    OPTION_EXTERNAL_CLIENT_LIBRARY = 62,
    OPTION_EXTERNAL_CLIENT_DIRECTORY = 63,
    OPTION_DISABLE_LOCAL_CLIENT = 64,
    OPTION_DISTRIBUTED_CLIENT_TRACER = 90,
};

// Kept until the managed side is there to take them.
enum { TLS_OPTION_MIN = 42, TLS_OPTION_MAX = 54 };

enum kind { NOTHING, TEXT, TEXT_OR_NOTHING, NUMBER };

struct option {
    int code;
    enum kind kind;
    const char *name;
    int64_t min, max; // of a number
};

// Those of TLS count for servers whose address ends in :tls, and one turns the library off; the others have no effect.
// All are checked, so that a program that sets a wrong one learns it here and not in production.
static const struct option options[] = {
    {10, TEXT, "LOCAL_ADDRESS", 0, 0},
    {20, TEXT, "CLUSTER_FILE", 0, 0},
    {30, TEXT_OR_NOTHING, "TRACE_ENABLE", 0, 0},
    {31, NUMBER, "TRACE_ROLL_SIZE", 0, INT64_MAX},
    {32, NUMBER, "TRACE_MAX_LOGS_SIZE", 0, INT64_MAX},
    {33, TEXT, "TRACE_LOG_GROUP", 0, 0},
    {OPTION_TRACE_FORMAT, TEXT, "TRACE_FORMAT", 0, 0},
    {OPTION_TRACE_CLOCK_SOURCE, TEXT, "TRACE_CLOCK_SOURCE", 0, 0},
    {OPTION_TRACE_FILE_IDENTIFIER, TEXT, "TRACE_FILE_IDENTIFIER", 0, 0},
    {37, NOTHING, "TRACE_SHARE_AMONG_CLIENT_THREADS", 0, 0},
    {38, NOTHING, "TRACE_INITIALIZE_ON_SETUP", 0, 0},
    {39, TEXT, "TRACE_PARTIAL_FILE_SUFFIX", 0, 0},
    {OPTION_KNOB, TEXT, "KNOB", 0, 0},
    {41, TEXT_OR_NOTHING, "TLS_PLUGIN", 0, 0},
    {42, TEXT, "TLS_CERT_BYTES", 0, 0},
    {43, TEXT, "TLS_CERT_PATH", 0, 0},
    {45, TEXT, "TLS_KEY_BYTES", 0, 0},
    {46, TEXT, "TLS_KEY_PATH", 0, 0},
    {47, TEXT, "TLS_VERIFY_PEERS", 0, 0},
    {48, NOTHING, "BUGGIFY_ENABLE", 0, 0},
    {49, NOTHING, "BUGGIFY_DISABLE", 0, 0},
    {50, NUMBER, "BUGGIFY_SECTION_ACTIVATED_PROBABILITY", 0, 100},
    {51, NUMBER, "BUGGIFY_SECTION_FIRED_PROBABILITY", 0, 100},
    {52, TEXT, "TLS_CA_BYTES", 0, 0},
    {53, TEXT, "TLS_CA_PATH", 0, 0},
    {54, TEXT, "TLS_PASSWORD", 0, 0},
    {60, NOTHING, "DISABLE_MULTI_VERSION_CLIENT_API", 0, 0},
    {61, NOTHING, "CALLBACKS_ON_EXTERNAL_THREADS", 0, 0},
    {OPTION_EXTERNAL_CLIENT_LIBRARY, TEXT, "EXTERNAL_CLIENT_LIBRARY", 0, 0},
    {OPTION_EXTERNAL_CLIENT_DIRECTORY, TEXT, "EXTERNAL_CLIENT_DIRECTORY", 0, 0},
    {OPTION_DISABLE_LOCAL_CLIENT, NOTHING, "DISABLE_LOCAL_CLIENT", 0, 0},
    {65, NUMBER, "CLIENT_THREADS_PER_VERSION", 1, 1024},
    {66, TEXT, "FUTURE_VERSION_CLIENT_LIBRARY", 0, 0},
    {67, NOTHING, "RETAIN_CLIENT_LIBRARY_COPIES", 0, 0},
    {68, NOTHING, "IGNORE_EXTERNAL_CLIENT_FAILURES", 0, 0},
    {69, NOTHING, "FAIL_INCOMPATIBLE_CLIENT", 0, 0},
    {70, NOTHING, "DISABLE_CLIENT_STATISTICS_LOGGING", 0, 0},
    {71, NOTHING, "ENABLE_RUN_LOOP_PROFILING", 0, 0},
    {72, NOTHING, "DISABLE_CLIENT_BYPASS", 0, 0},
    {80, NOTHING, "CLIENT_BUGGIFY_ENABLE", 0, 0},
    {81, NOTHING, "CLIENT_BUGGIFY_DISABLE", 0, 0},
    {82, NUMBER, "CLIENT_BUGGIFY_SECTION_ACTIVATED_PROBABILITY", 0, 100},
    {83, NUMBER, "CLIENT_BUGGIFY_SECTION_FIRED_PROBABILITY", 0, 100},
    {OPTION_DISTRIBUTED_CLIENT_TRACER, TEXT, "DISTRIBUTED_CLIENT_TRACER", 0, 0},
    {91, TEXT, "CLIENT_TMP_DIR", 0, 0},
    {1000, TEXT, "SUPPORTED_CLIENT_VERSIONS", 0, 0},
    {1001, NOTHING, "EXTERNAL_CLIENT", 0, 0},
    {1002, NUMBER, "EXTERNAL_CLIENT_TRANSPORT_ID", 0, INT64_MAX},
};

static int runtime_version, header_version;
static int is_local_client_disabled, is_network_set_up, is_environment_applied;

static char *tls_texts[TLS_OPTION_MAX + 1];
static int tls_lengths[TLS_OPTION_MAX + 1];

// The managed side: from here on the runtime has threads.
extern int ferrisdb_setup_network(
    int runtime_version, int header_version, void *(*current_waiter)(void), void (*wait)(void *), void (*wake)(void *));
extern int ferrisdb_set_tls_option(int code, const uint8_t *text, int length);

// What a thread of the program waits on.
static __thread sem_t own_semaphore;
static __thread int has_semaphore;

static void *current_waiter(void) {
    if (!has_semaphore)
        has_semaphore = sem_init(&own_semaphore, 0, 0) == 0;
    return &own_semaphore;
}

static void wait_until_woken(void *waiter) {
    // A signal of the program interrupts it.
    while (sem_wait(waiter) != 0)
        ;
}

static void wake(void *waiter) { sem_post(waiter); }

static int is_one_of(const char *text, const char *const *words) {
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return 1;
    return 0;
}

static int is_identifier(const char *text) {
    size_t length = strlen(text);
    return length <= 50 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static int check_text(int code, const char *text) {
    static const char *const formats[] = {"xml", "json", NULL};
    static const char *const clocks[] = {"now", "realtime", NULL};
    static const char *const tracers[] = {
        "none", "disabled", "log_file", "file", "logfile", "network_lossy", NULL};
    int is_right = 1;
    switch (code) {
    case OPTION_TRACE_FORMAT: is_right = is_one_of(text, formats); break;
    case OPTION_TRACE_CLOCK_SOURCE: is_right = is_one_of(text, clocks); break;
    case OPTION_DISTRIBUTED_CLIENT_TRACER: is_right = is_one_of(text, tracers); break;
    case OPTION_TRACE_FILE_IDENTIFIER: is_right = is_identifier(text); break;
    case OPTION_KNOB: is_right = strchr(text, '=') != NULL; break;
    case OPTION_EXTERNAL_CLIENT_LIBRARY:
        if (is_network_set_up)
            return ERROR_INVALID_OPTION;
        if (access(text, F_OK) != 0)
            return ERROR_FILE_NOT_FOUND;
        break;
    case OPTION_EXTERNAL_CLIENT_DIRECTORY:
        if (is_network_set_up)
            return ERROR_INVALID_OPTION;
        break;
    }
    return is_right ? 0 : ERROR_INVALID_OPTION_VALUE;
}

static int is_tls(int code) {
    return (code >= 42 && code <= 47) || (code >= 52 && code <= 54);
}

static int keep_tls(int code, char *text, int length) {
    free(tls_texts[code]);
    tls_texts[code] = text;
    tls_lengths[code] = length;
    return is_network_set_up ? ferrisdb_set_tls_option(code, (const uint8_t *)text, length) : 0;
}

static int hand_over_tls(void) {
    int error = 0;
    for (int code = TLS_OPTION_MIN; error == 0 && code <= TLS_OPTION_MAX; code++)
        if (tls_texts[code] != NULL)
            error = ferrisdb_set_tls_option(code, (const uint8_t *)tls_texts[code], tls_lengths[code]);
    return error;
}

static int set_option(const struct option *option, const uint8_t *value, int length) {
    switch (option->kind) {
    case NOTHING:
        if (value != NULL && length > 0)
            return ERROR_INVALID_OPTION_VALUE;
        if (option->code == OPTION_DISABLE_LOCAL_CLIENT)
            is_local_client_disabled = 1;
        return 0;
    case NUMBER: {
        int64_t number;
        if (value == NULL || length != sizeof number)
            return ERROR_INVALID_OPTION_VALUE;
        memcpy(&number, value, sizeof number);
        return number < option->min || number > option->max ? ERROR_INVALID_OPTION_VALUE : 0;
    }
    default: {
        if (value == NULL)
            return option->kind == TEXT_OR_NOTHING ? 0 : ERROR_INVALID_OPTION_VALUE;
        if (length < 0)
            return ERROR_INVALID_OPTION_VALUE;
        char *text = malloc((size_t)length + 1);
        if (text == NULL)
            return ERROR_INVALID_OPTION_VALUE;
        memcpy(text, value, (size_t)length);
        text[length] = 0;
        int error = check_text(option->code, text);
        if (error == 0 && is_tls(option->code))
            return keep_tls(option->code, text, length);
        free(text);
        return error;
    }
    }
}

static int set_option_from_text(const struct option *option, const char *text, size_t length) {
    if (option->kind != NUMBER)
        return set_option(option, length == 0 ? NULL : (const uint8_t *)text, (int)length);
    char *end;
    int64_t number = strtoll(text, &end, 10);
    if (length == 0 || end != text + length)
        return ERROR_INVALID_OPTION_VALUE;
    return set_option(option, (const uint8_t *)&number, sizeof number);
}

// FDB_NETWORK_OPTION_KNOB=a=1:b=2 and its like, once, before anything else is set.
static int apply_environment(void) {
    if (is_environment_applied)
        return 0;
    is_environment_applied = 1;
    for (size_t index = 0; index < sizeof options / sizeof *options; index++) {
        char name[96];
        snprintf(name, sizeof name, "FDB_NETWORK_OPTION_%s", options[index].name);
        const char *values = getenv(name);
        while (values != NULL) {
            size_t length = strcspn(values, ":");
            if (set_option_from_text(&options[index], values, length) != 0) {
                fprintf(stderr, "libfdb_c: %s has a wrong value: %.*s\n", name, (int)length, values);
                return ERROR_ENVIRONMENT_OPTION;
            }
            values = values[length] == ':' ? values + length + 1 : NULL;
        }
    }
    return 0;
}

// What the managed code is compiled for; without it the runtime would end the process.
static int is_processor_new_enough(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("fma");
}

int fdb_select_api_version_impl(int runtime, int header) {
    if (runtime_version != 0)
        return ERROR_API_VERSION_ALREADY_SET;
    if (runtime < API_VERSION_MIN || header < API_VERSION_MIN || header > API_VERSION_MAX)
        return ERROR_API_VERSION_NOT_SUPPORTED;
    if (runtime > header)
        return ERROR_API_VERSION_INVALID;
    runtime_version = runtime;
    header_version = header;
    return 0;
}

int fdb_get_max_api_version(void) { return API_VERSION_MAX; }

// FoundationDB's version whose interface this is, the source, and the protocol that belongs to it.
const char *fdb_get_client_version(void) { return "7.3.79,ferrisdb,fdb00b073000000"; }

int fdb_network_set_option(int code, const uint8_t *value, int length) {
    int error = apply_environment();
    if (error != 0)
        return error;
    for (size_t index = 0; index < sizeof options / sizeof *options; index++)
        if (options[index].code == code)
            return set_option(&options[index], value, length);
    return ERROR_INVALID_OPTION;
}

int fdb_setup_network(void) {
    if (runtime_version == 0)
        return ERROR_API_VERSION_UNSET;
    if (is_network_set_up)
        return ERROR_NETWORK_ALREADY_SETUP;
    int error = apply_environment();
    if (error == 0 && is_local_client_disabled)
        error = ERROR_NO_EXTERNAL_CLIENT;
    if (error == 0 && !is_processor_new_enough()) {
        fprintf(stderr, "libfdb_c: this processor has no AVX2, which the library is compiled for\n");
        error = ERROR_PLATFORM;
    }
    if (error == 0)
        error = hand_over_tls();
    if (error == 0)
        error = ferrisdb_setup_network(runtime_version, header_version, current_waiter, wait_until_woken, wake);
    is_network_set_up = error == 0;
    return error;
}
