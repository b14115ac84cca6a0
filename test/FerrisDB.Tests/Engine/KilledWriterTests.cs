using System.Diagnostics;
using System.Globalization;
using FerrisDB.Storage;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

// A real process writes to a real disk and is killed at a random moment, again and again. After each kill all that it
// said was written is there, and nothing but a piece without gaps of what it was told to write.
// FERRIS_KILLS=200 kills more often.
public sealed class KilledWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-kill-");

    private string Database => Path.Combine(_folder.FullName, "db");

    [Theory]
    [InlineData("sync")]
    [InlineData("process")]
    public async Task What_a_killed_process_acknowledged_is_there(string durability)
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("FERRIS_KILLS"), out var count) ? count / 2 : 5;
        var random = new Random(kills);
        var written = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            var acknowledged = await WriteUntilKilledAsync(written, killAfter: random.Next(1, 600), durability);
            var found = CountWithoutGaps();
            Assert.True(
                found >= written + acknowledged, $"Kill {kill}: {acknowledged} after {written}, {found} found.");
            written = found;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Returns how many writes the process has acknowledged.</summary>
    private async Task<int> WriteUntilKilledAsync(int firstKey, int killAfter, string durability)
    {
        var cli = Path.Combine(AppContext.BaseDirectory, "FerrisDB.Cli.dll");
        string[] arguments = [cli, "shell", Database, "--durability", durability];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var feeding = FeedAsync(process.StandardInput, firstKey);
        var acknowledged = 0;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            Assert.Equal("ok", line);
            if (++acknowledged == killAfter)
                process.Kill();
        }
        await feeding;
        Assert.True(acknowledged >= killAfter, $"It ended by itself: {await errors}");
        await process.WaitForExitAsync();
        return acknowledged;
    }

    // Does not wait for answers, so that the kill falls anywhere in a write.
    private static async Task FeedAsync(StreamWriter input, int firstKey)
    {
        try
        {
            for (var key = firstKey; key < firstKey + 100_000; key++)
            {
                await input.WriteLineAsync($"set {KeyOf(key)} {ValueOf(key)}");
                await input.FlushAsync();
            }
        }
        catch (IOException)
        {
            // The pipe is broken: the process is dead.
        }
    }

    private int CountWithoutGaps()
    {
        using var engine = StorageEngine.Open(Database);
        using var cursor = engine.OpenCursor();
        var count = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
        {
            Assert.Equal(KeyOf(count), Text(cursor.Key));
            Assert.Equal(ValueOf(count), Text(cursor.Value));
            count++;
        }
        return count;
    }

    private static string KeyOf(int number) => number.ToString("D8", CultureInfo.InvariantCulture);

    private static string ValueOf(int number) => $"v{number}-" + new string((char)('a' + (number % 26)), number % 300);
}
