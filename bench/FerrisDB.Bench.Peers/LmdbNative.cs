using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Bench.Peers;

/// <summary>The part of LMDB's C interface that the benchmark uses.</summary>
/// <remarks>
/// The library that the LightningDB package brings wants a newer glibc than Debian 12 has, so the system's liblmdb is
/// taken where there is one and the package's otherwise. Both have this interface.
/// </remarks>
internal static unsafe partial class LmdbNative
{
    private const string Library = "lmdb";
    private const string SystemLibrary = "liblmdb.so.0";

    public const int NotFound = -30798;
    public const uint NoSync = 0x10000;
    public const uint NoThreadLocalStorage = 0x200000;
    public const uint ReadOnly = 0x20000;
    public const uint CreateDatabase = 0x40000;

    /// <summary>The moves of a cursor.</summary>
    public enum Move
    {
        First = 0,
        Last = 6,
        Next = 8,
        Previous = 12,
        AtOrAbove = 17,
    }

    /// <summary>Borrowed bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Value(byte* data, int length)
    {
        private readonly nuint _length = (nuint)length;
        private readonly byte* _data = data;

        public readonly ReadOnlySpan<byte> Span => new(_data, (int)_length);
    }

    public static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"LMDB: {Marshal.PtrToStringUTF8(mdb_strerror(result))}");
    }

    [ModuleInitializer]
    internal static void PreferSystemLibrary() =>
        NativeLibrary.SetDllImportResolver(typeof(LmdbNative).Assembly, static (name, assembly, path) =>
            name == Library && NativeLibrary.TryLoad(SystemLibrary, out var handle)
                ? handle
                : NativeLibrary.TryLoad(name, assembly, path, out handle) ? handle : 0);

    [LibraryImport(Library)]
    private static partial nint mdb_strerror(int error);

    [LibraryImport(Library)]
    public static partial nint mdb_version(int* major, int* minor, int* patch);

    [LibraryImport(Library)]
    public static partial int mdb_env_create(nint* environment);

    [LibraryImport(Library)]
    public static partial int mdb_env_set_mapsize(nint environment, nuint bytes);

    [LibraryImport(Library)]
    public static partial int mdb_env_set_maxreaders(nint environment, uint readers);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mdb_env_open(nint environment, string path, uint flags, uint mode);

    [LibraryImport(Library)]
    public static partial int mdb_env_sync(nint environment, int force);

    [LibraryImport(Library)]
    public static partial void mdb_env_close(nint environment);

    [LibraryImport(Library)]
    public static partial int mdb_txn_begin(nint environment, nint parent, uint flags, nint* transaction);

    [LibraryImport(Library)]
    public static partial int mdb_txn_commit(nint transaction);

    [LibraryImport(Library)]
    public static partial void mdb_txn_abort(nint transaction);

    [LibraryImport(Library)]
    public static partial void mdb_txn_reset(nint transaction);

    [LibraryImport(Library)]
    public static partial int mdb_txn_renew(nint transaction);

    [LibraryImport(Library)]
    public static partial int mdb_dbi_open(nint transaction, byte* name, uint flags, uint* database);

    [LibraryImport(Library)]
    public static partial int mdb_get(nint transaction, uint database, Value* key, Value* value);

    [LibraryImport(Library)]
    public static partial int mdb_put(nint transaction, uint database, Value* key, Value* value, uint flags);

    [LibraryImport(Library)]
    public static partial int mdb_del(nint transaction, uint database, Value* key, Value* value);

    [LibraryImport(Library)]
    public static partial int mdb_cursor_open(nint transaction, uint database, nint* cursor);

    [LibraryImport(Library)]
    public static partial int mdb_cursor_renew(nint transaction, nint cursor);

    [LibraryImport(Library)]
    public static partial void mdb_cursor_close(nint cursor);

    [LibraryImport(Library)]
    public static partial int mdb_cursor_get(nint cursor, Value* key, Value* value, Move move);
}
