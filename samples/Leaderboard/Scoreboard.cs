using System.Buffers.Binary;
using FerrisDB;
using FerrisDB.Layers;

namespace Leaderboard;

/// <summary>The points of players, counted by atomic operations: nobody waits, and nobody conflicts.</summary>
/// <remarks>
/// A read and a write of the sum would conflict with every other game of the player. An operand does not: it is applied
/// at the commit, to whatever is there then.
/// </remarks>
public sealed class Scoreboard(Database database, Subspace board)
{
    private readonly Subspace _points = board["points"];
    private readonly Subspace _best = board["best"];
    private readonly byte[] _games = board.Pack("games");

    /// <summary>A player has ended a game.</summary>
    public ValueTask AddGameAsync(string player, long points) => database.RunAsync(transaction =>
    {
        transaction.Add(_points.Pack(player), points);
        transaction.Atomic(MutationType.Max, _best.Pack(player), Number(points));
        transaction.Add(_games, 1);
    });

    /// <summary>All games of all players.</summary>
    public ValueTask<long> CountGamesAsync() =>
        database.ReadAsync(async reader => Number(await reader.GetAsync(_games)));

    /// <summary>The most points that a player has made in one game; 0 if there was none.</summary>
    public ValueTask<long> FindBestAsync(string player) =>
        database.ReadAsync(async reader => Number(await reader.GetAsync(_best.Pack(player))));

    /// <summary>The players with the most points. Goes through all of them once, and keeps only the best.</summary>
    public async Task<IReadOnlyList<(string Player, long Points)>> TopAsync(int count)
    {
        // Lowest first, so that it is thrown out when a better one comes.
        var top = new PriorityQueue<(string Player, long Points), long>();
        // A snapshot may be read as long as one likes, and sees all players at one moment.
        using var now = database.TakeSnapshot();
        await foreach (var row in now.GetRange(_points.Range()))
        {
            var points = Number(row.Value.Span);
            top.Enqueue((_points.Unpack<string>(row.Key.Span), points), points);
            if (top.Count > count)
                top.Dequeue();
        }
        return [.. top.UnorderedItems.Select(item => item.Element)
            .OrderByDescending(item => item.Points).ThenBy(item => item.Player, StringComparer.Ordinal)];
    }

    // Atomic operations count in little-endian.
    private static byte[] Number(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static long Number(ReadOnlySpan<byte> value) =>
        value.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(value);
}
