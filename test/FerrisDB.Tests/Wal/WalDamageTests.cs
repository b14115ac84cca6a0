using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

// One bit, one byte, one end of a file at a time: whatever is damaged, recovery returns a prefix of what was written or
// refuses, and it refuses whenever what is damaged was known to be durable.
public sealed class WalDamageTests
{
    [Fact]
    public async Task Every_flipped_bit_of_a_closed_log_is_detected()
    {
        var log = await SmallLog.WriteAsync(isClosed: true);
        foreach (var (name, bytes) in log.Files)
        {
            for (var offset = 0; offset < log.Ends[name]; offset++)
            {
                var flipped = bytes.ToArray();
                flipped[offset] ^= (byte)(1 << (offset % 8));
                var outcome = await log.RecoverAsync(name, flipped);
                Assert.True(outcome.Error?.Code == ErrorCode.FileCorrupt, $"{name}, offset {offset}: {outcome}");
            }
        }
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_log_that_was_not_closed_is_detected_or_ends_it()
    {
        var log = await SmallLog.WriteAsync(isClosed: false);
        foreach (var (name, bytes) in log.Files)
        {
            for (var offset = 0; offset < log.Ends[name]; offset++)
            {
                var flipped = bytes.ToArray();
                flipped[offset] ^= (byte)(1 << (offset % 8));
                var outcome = await log.RecoverAsync(name, flipped);
                // Nothing is known to be durable of the last record alone: the ones before it, and all segments, are.
                var mayEndTheLog = name == log.LastFile && offset >= log.LastRecordOffset;
                Assert.True(
                    outcome.Error?.Code == ErrorCode.FileCorrupt || (mayEndTheLog && outcome.LacksLastOf(log)),
                    $"{name}, offset {offset}: {outcome}");
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_cut_of_a_segment_is_detected(bool isClosed)
    {
        var log = await SmallLog.WriteAsync(isClosed);
        foreach (var (name, bytes) in log.Files)
        {
            // Behind its last record a segment that others follow holds nothing.
            var end = name == log.LastFile ? bytes.Length : log.Ends[name];
            for (var length = 0; length < end; length++)
            {
                var isPastLast = name == log.LastFile && length < WalFormat.SegmentHeaderSize;
                var outcome = await log.RecoverAsync(name, bytes[..length]);
                // Without its header the last segment is one that was never begun: like one that was deleted.
                Assert.True(
                    outcome.Error?.Code == ErrorCode.FileCorrupt || (isPastLast && outcome.IsPrefixOf(log)),
                    $"{name} cut to {length} of {bytes.Length}: {outcome}");
            }
        }
    }

    [Fact]
    public async Task A_lost_page_of_zeros_is_detected()
    {
        var log = await SmallLog.WriteAsync(isClosed: true);
        foreach (var (name, bytes) in log.Files)
        {
            for (var sector = 0; sector + 512 <= log.Ends[name]; sector += 512)
            {
                var zeroed = bytes.ToArray();
                zeroed.AsSpan(sector, 512).Clear();
                var outcome = await log.RecoverAsync(name, zeroed);
                Assert.True(
                    outcome.Error?.Code == ErrorCode.FileCorrupt,
                    $"{name}, sector at {sector}: {outcome}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nonsense_with_good_checksums_is_refused(int seed)
    {
        var log = await SmallLog.WriteAsync(isClosed: false);
        var random = new Random(seed);
        for (var round = 0; round < 4000; round++)
        {
            var name = log.Files.Keys.ElementAt(random.Next(log.Files.Count));
            var bytes = log.Files[name].ToArray();
            var record = random.Next(4) == 0 ? -1 : random.Next(64, 600) & -8;
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                var at = record < 0 ? random.Next(8, 60) : record + random.Next(4, 40);
                bytes[at] = (byte)(random.Next(3) == 0 ? random.Next(256) : bytes[at] ^ (1 << random.Next(8)));
            }
            FixChecksum(bytes, record, epoch: long.Parse(name[..6], System.Globalization.CultureInfo.InvariantCulture));

            // Whatever it is taken for, it ends, within bounds and with an error of ours or none.
            var outcome = await log.RecoverAsync(name, bytes);

            Assert.True(
                outcome.Error is null or { Code: ErrorCode.FileCorrupt or ErrorCode.FormatTooNew },
                $"seed {seed}, round {round}: {outcome}");
        }
    }

    private static void FixChecksum(byte[] bytes, int record, long epoch)
    {
        if (record < 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Of(bytes.AsSpan(0, 60)));
            return;
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(record + 8));
        if (length >= 0 && length <= bytes.Length - record - 32)
            BinaryPrimitives.WriteUInt32LittleEndian(
                bytes.AsSpan(record + 4), Crc32C.Of(bytes.AsSpan(record + 32, length)));
        var checksum = Crc32C.Extend((uint)epoch, bytes.AsSpan(record + 4, 28));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record), checksum);
    }
}
