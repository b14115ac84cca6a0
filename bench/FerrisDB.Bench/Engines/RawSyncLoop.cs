using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FerrisDB.Bench;

/// <summary>
/// No engine at all: each put is one write and one fdatasync on a file that was written before. It is what the disk
/// allows, the ceiling beside which the fsync rows are read.
/// </summary>
internal sealed class RawSyncLoop : IBenchedEngine
{
    private const int FileBytes = 16 << 20;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<ulong, long> _offsets = [];
    private readonly Lock _lock = new();
    private long _end;

    public RawSyncLoop(string folder)
    {
        _file = File.OpenHandle(Path.Combine(folder, "records"), FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.Write(_file, new byte[FileBytes], 0);
        RandomAccess.FlushToDisk(_file);
    }

    public static EngineDescription Description { get; } = new(Ratios.RawLoop, (folder, _) => new RawSyncLoop(folder))
    {
        Notes = "no engine: one write and one fdatasync per put on a file written before, the ceiling of one thread",
        OutlivesKill = false,
        Runs = workload => workload.Name == "fillsync",
    };

    public IEngineSession NewSession() => new Session(this);

    public void Settle() => RandomAccess.FlushToDisk(_file);

    public bool IsLog(string relativePath) => true;

    public void Dispose() => _file.Dispose();

    private void Append(ReadOnlySpan<byte> record, ulong head)
    {
        lock (_lock)
        {
            if (_end + record.Length > FileBytes)
            {
                _end = 0;
                _offsets.Clear();
            }
            RandomAccess.Write(_file, record, _end);
            if (SystemCalls.SyncData(_file) != 0)
                throw new IOException($"fdatasync failed with errno {Marshal.GetLastPInvokeError()}");
            _offsets[head] = _end;
            _end += record.Length;
        }
    }

    private sealed class Session(RawSyncLoop owner) : IEngineSession
    {
        private readonly byte[] _record = new byte[64 << 10];

        public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_record, value.Length);
            key.CopyTo(_record.AsSpan(sizeof(int)));
            value.CopyTo(_record.AsSpan(sizeof(int) + key.Length));
            owner.Append(_record.AsSpan(0, sizeof(int) + key.Length + value.Length), KeySpace.HeadOf(key));
        }

        public int Get(ReadOnlySpan<byte> key, Span<byte> buffer)
        {
            if (!owner._offsets.TryGetValue(KeySpace.HeadOf(key), out var offset))
                return -1;
            RandomAccess.Read(owner._file, _record.AsSpan(0, sizeof(int) + key.Length + buffer.Length), offset);
            var length = BinaryPrimitives.ReadInt32LittleEndian(_record);
            _record.AsSpan(sizeof(int) + key.Length, length).CopyTo(buffer);
            return length;
        }

        public void Delete(ReadOnlySpan<byte> key) => throw Unused();

        public void Write(EntryBatch batch) => throw Unused();

        public void Scan(ReadOnlySpan<byte> from, bool backwards, ScanSink sink) => throw Unused();

        public IEngineSession? NewSnapshot() => null;

        public void Dispose()
        {
        }

        private static InvalidOperationException Unused() => new("the raw loop only puts: it runs fillsync alone");
    }
}
