using System.Reflection;
using System.Runtime.InteropServices;

namespace FerrisDB.Bench;

/// <summary>The part of the C interface that the benchmark uses, of a library that lies anywhere.</summary>
/// <remarks>
/// What is timed is called as a C program calls it, without the steps that this runtime takes around a call: they are
/// not the library's.
/// </remarks>
internal static unsafe partial class FdbNative
{
    private const string Library = "fdb_c";
    private const int ApiVersion = 730;

    public const int WantAll = -2;

    /// <summary>A row of a range, as the library tells it.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public readonly struct Row
    {
        public readonly byte* Key;
        public readonly int KeyLength;
        public readonly byte* Value;
        public readonly int ValueLength;
    }

    /// <summary>Loads the library of a path, and starts its network on a thread of its own.</summary>
    public static void Start(string path)
    {
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(),
            (name, _, _) => name == Library ? NativeLibrary.Load(Path.GetFullPath(path)) : 0);
        Check(SelectApiVersion(ApiVersion, ApiVersion));
        Check(SetUpNetwork());
        new Thread(() => Check(RunNetwork())) { IsBackground = true, Name = "fdb_run_network" }.Start();
    }

    public static void Check(int error)
    {
        if (error != 0)
            throw new InvalidOperationException($"The library answers with error {error}.");
    }

    [LibraryImport(Library, EntryPoint = "fdb_create_database_from_connection_string",
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateDatabase(string connection, out nint database);

    [LibraryImport(Library, EntryPoint = "fdb_database_create_transaction")]
    public static partial int CreateTransaction(nint database, out nint transaction);

    [LibraryImport(Library, EntryPoint = "fdb_transaction_destroy")]
    public static partial void DestroyTransaction(nint transaction);

    [LibraryImport(Library, EntryPoint = "fdb_transaction_set")]
    public static partial void Set(nint transaction, byte* key, int keyLength, byte* value, int valueLength);

    [LibraryImport(Library, EntryPoint = "fdb_transaction_commit")]
    public static partial nint Commit(nint transaction);

    [LibraryImport(Library, EntryPoint = "fdb_future_get_error")]
    public static partial int GetError(nint future);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "fdb_transaction_get")]
    public static partial nint Get(nint transaction, byte* key, int keyLength, int snapshot);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "fdb_transaction_get_range")]
    public static partial nint GetRange(
        nint transaction, byte* begin, int beginLength, int beginOrEqual, int beginOffset, byte* end, int endLength,
        int endOrEqual, int endOffset, int limit, int targetBytes, int mode, int iteration, int snapshot, int reverse);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "fdb_future_block_until_ready")]
    public static partial int BlockUntilReady(nint future);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "fdb_future_get_value")]
    public static partial int GetValue(nint future, out int present, out byte* value, out int length);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "fdb_future_get_keyvalue_array")]
    public static partial int GetRows(nint future, out Row* rows, out int count, out int more);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "fdb_future_destroy")]
    public static partial void Destroy(nint future);

    [LibraryImport(Library, EntryPoint = "fdb_select_api_version_impl")]
    private static partial int SelectApiVersion(int runtime, int header);

    [LibraryImport(Library, EntryPoint = "fdb_setup_network")]
    private static partial int SetUpNetwork();

    [LibraryImport(Library, EntryPoint = "fdb_run_network")]
    private static partial int RunNetwork();
}
