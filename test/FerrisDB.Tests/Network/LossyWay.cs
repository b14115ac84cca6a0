using System.Net.Sockets;

namespace FerrisDB.Tests.Network;

/// <summary>One way of a connection over a bad link.</summary>
/// <remarks>For one thread at a time, but for <see cref="IsDead"/>.</remarks>
internal sealed class LossyWay(LossyLink link, Random chance)
{
    private static readonly TimeSpan FirstRetransmission = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(10);

    private volatile bool _isDead;

    /// <summary>Nothing comes out any more, and nobody is told.</summary>
    public bool IsDead => _isDead;

    /// <summary>From now on it is.</summary>
    public void Kill()
    {
        link.CountDeath();
        _isDead = true;
    }

    /// <summary>Passes bytes on, in time. Returns how many: fewer if the connection is to be cut.</summary>
    public async Task<int> PassAsync(ReadOnlyMemory<byte> bytes, Socket to)
    {
        link.CountPiece();
        if (IsDead)
            return bytes.Length;
        switch (link.IsBad ? chance.Next(1000) : int.MaxValue)
        {
            case < 30:
                link.CountLoss();
                await WaitAsync(FirstRetransmission * ((1 << chance.Next(1, 5)) - 1));
                break;
            case < 60:
                link.CountHalves();
                var half = chance.Next(bytes.Length);
                await to.SendAsync(bytes[..half]);
                await WaitAsync(FirstRetransmission);
                return half + await to.SendAsync(bytes[half..]);
            case < 65:
                link.CountCut();
                return await to.SendAsync(bytes[..chance.Next(bytes.Length)]);
            case < 67:
                Kill();
                return bytes.Length;
            case < 300:
                await WaitAsync(LongestDelay * chance.NextDouble());
                break;
        }
        return await to.SendAsync(bytes);
    }

    private async Task WaitAsync(TimeSpan time)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = link.Clock.CreateTimer(
            _ => over.TrySetResult(), null, time, Timeout.InfiniteTimeSpan);
        await over.Task;
    }
}
