using FerrisDB.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>Small files that others change are read again when they have changed, however that was done.</summary>
public sealed class ChangingFilesTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-changing-");
    private readonly TestClock _clock = new();
    private readonly List<FerrisException?> _told = [];
    private int _readings;

    private string Name => Path.Combine(_folder.FullName, "file");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_of_the_same_length_and_time_is_another_one()
    {
        Write("one");
        var time = File.GetLastWriteTimeUtc(Name);
        var file = Open();
        Assert.Equal("one", file.Current);

        Write("two");
        File.SetLastWriteTimeUtc(Name, time);

        Assert.Equal("one", file.Current);
        Assert.Equal("two", file.CurrentNow);
    }

    [Fact]
    public void A_link_that_leads_elsewhere_is_followed()
    {
        // As Kubernetes does it: the name leads through a folder that is a link, which is replaced.
        var folders = new[] { "one", "two" }.Select(name => _folder.CreateSubdirectory(name)).ToList();
        foreach (var folder in folders)
            File.WriteAllText(Path.Combine(folder.FullName, "file"), folder.Name);
        var link = Path.Combine(_folder.FullName, "data");
        Directory.CreateSymbolicLink(link, folders[0].FullName);
        File.CreateSymbolicLink(Name, Path.Combine("data", "file"));
        var file = Open();
        Assert.Equal("one", file.Current);

        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, folders[1].FullName);

        Assert.Equal("two", file.CurrentNow);
    }

    [Fact]
    public void One_that_cannot_be_used_is_not_read_for_everybody_who_asks()
    {
        Write("one");
        var file = Open();
        Assert.Equal("one", file.Current);

        Write("broken");
        for (var question = 0; question < 100; question++)
            Assert.Equal("one", file.CurrentNow);
        Assert.Equal(2, _readings);

        // What had nothing to do with the file may have passed.
        _clock.Advance(Second);
        Assert.Equal("one", file.CurrentNow);
        Assert.Equal(3, _readings);
        Assert.NotNull(Assert.Single(_told));

        Write("two");
        Assert.Equal("two", file.CurrentNow);
        Assert.Null(_told[^1]);
    }

    private ChangingFiles<string> Open() => new([Name], Read, _clock) { Reread = _told.Add };

    private string Read()
    {
        _readings++;
        var text = File.ReadAllText(Name);
        return text == "broken" ? throw new FerrisException(ErrorCode.IoError, "It is broken.") : text;
    }

    private void Write(string text) => File.WriteAllText(Name, text);
}
