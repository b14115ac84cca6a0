using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Blobs;

/// <summary>A blob of a few values, as bytes, and where its values are.</summary>
internal sealed class TestBlob
{
    public const long Number = 15;
    public const string Path = "000015.blob";

    private TestBlob(byte[] bytes, BlobMetadata metadata, List<(BlobReference Reference, BlobValueModel Value)> values)
    {
        Bytes = bytes;
        Metadata = metadata;
        Values = values;
    }

    public byte[] Bytes { get; }

    public BlobMetadata Metadata { get; }

    public IReadOnlyList<(BlobReference Reference, BlobValueModel Value)> Values { get; }

    public static TestBlob Create(Compression compression, params IEnumerable<BlobValueModel> values)
    {
        var disk = new MemoryFileSystem();
        using var file = disk.Create(Path);
        using var writer = new BlobWriter(file, Number, compression);
        var references = new List<(BlobReference, BlobValueModel)>();
        foreach (var value in values)
        {
            references.Add((writer.Add(value.Key, value.Version, value.Content), value));
            if (value.Version % 3 == 0)
                Complete(writer.WritePendingAsync());
        }
        var finish = writer.FinishAsync();
        Assert.True(finish.IsCompletedSuccessfully);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return new TestBlob(bytes, finish.Result, references);
    }

    /// <summary>A few values of different lengths, some of which compress.</summary>
    public static TestBlob CreateSmall(Compression compression) => Create(
        compression,
        new BlobValueModel("fruit/apple", 7, "red and green, red and green, red and green, red and green"),
        new BlobValueModel("fruit/banana", 9, "yellow"),
        new BlobValueModel("", 3, new string('x', 200)),
        new BlobValueModel("fruit/fig", 12, ""));

    public static IFile Open(ReadOnlySpan<byte> bytes)
    {
        var disk = new MemoryFileSystem();
        using (var file = disk.Create(Path))
            file.Write(0, bytes);
        return disk.Open(Path, FileAccess.Read);
    }

    private static void Complete(ValueTask work) => Assert.True(work.IsCompletedSuccessfully);
}

/// <summary>A value that goes into a blob.</summary>
internal sealed record BlobValueModel(byte[] Key, long Version, byte[] Content)
{
    public BlobValueModel(string key, long version, string content)
        : this(Encoding.UTF8.GetBytes(key), version, Encoding.UTF8.GetBytes(content))
    {
    }
}
