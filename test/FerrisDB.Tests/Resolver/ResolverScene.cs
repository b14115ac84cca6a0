using System.Text;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Resolver;

// The commands of the golden scripts in golden/conflict-set:
//
//     start  version=5                                        a resolver that knows nothing before
//     commit version=10 read-version=9 reads=a,c-f writes=b   a is a key, c-f are the keys from c to before f
//     commit ... all                                          tells all conflicting reads, not only that there are some
//     forget version=8                                        nobody who read before asks any more

/// <summary>A resolver that a script tells which transactions want to commit.</summary>
internal sealed class ResolverScene
{
    private FerrisDB.Transactions.Resolver _resolver = new(version: 0);

    public string? Execute(GoldenCommand command)
    {
        switch (command.Name)
        {
            case "start":
                _resolver = new FerrisDB.Transactions.Resolver(command.Long("version"));
                return null;
            case "forget":
                _resolver.Forget(command.Long("version"));
                return null;
            case "commit":
                return Commit(command);
            default:
                throw command.Unknown();
        }
    }

    private string Commit(GoldenCommand command)
    {
        var version = command.Long("version");
        var readVersion = command.Long("read-version", otherwise: 0);
        var reads = command.Optional("reads")?.Split(',') ?? [];
        var conflicting = command.Has("all") ? new List<int>() : null;
        var verdict = _resolver.Decide(
            version, readVersion, Ranges(reads), Ranges(command.Optional("writes")?.Split(',') ?? []), conflicting);
        return version + verdict switch
        {
            Verdict.Committed => " committed",
            Verdict.TooOld => $" too old: read at {readVersion}, known from {_resolver.OldestVersion} on",
            _ when conflicting is null => $" conflict: something was written after {readVersion}",
            _ => $" conflict: {Named(conflicting, reads)} written after {readVersion}",
        };
    }

    private static string Named(List<int> indexes, string[] reads) =>
        string.Join(" and ", indexes.Select(index => reads[index]));

    private static ConflictRanges Ranges(string[] texts)
    {
        var ranges = new ConflictRanges();
        foreach (var text in texts)
        {
            var ends = text.Split('-');
            if (ends.Length == 1)
                ranges.AddPoint(Encoding.ASCII.GetBytes(text));
            else
                ranges.Add(Encoding.ASCII.GetBytes(ends[0]), Encoding.ASCII.GetBytes(ends[1]));
        }
        return ranges;
    }
}
