using FerrisDB.Storage;

namespace FerrisDB.Tests.Engine;

/// <summary>Tables come in while a MemTable with older values of the same keys is being flushed.</summary>
/// <remarks>
/// The flush and the ingest meet where the one puts its table into the tree and the other looks for what lies above:
/// whoever looks a moment too early puts newer values below older ones.
/// </remarks>
internal static class IngestBesideFlushes
{
    public static async Task PlayAsync(int rounds)
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory("in");
        await using var engine = await StorageEngine.OpenAsync("db", new StorageOptions { FileSystem = disk });
        for (var round = 0; round < rounds; round++)
        {
            var file = $"in/{round}";
            using (var writer = new SortedTableWriter(file, engine.Options))
            {
                writer.Put("key"u8, BitConverter.GetBytes(round));
                writer.Finish();
            }
            engine.Put("key"u8, "older"u8);
            var flushing = engine.FlushAsync().AsTask();

            await engine.IngestAsync([file]);

            await flushing;
            Assert.Equal(round, BitConverter.ToInt32(engine.Get("key"u8)));
        }
    }
}
