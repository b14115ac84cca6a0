namespace FerrisDB.Cli;

/// <summary>As long as this is held, ctrl-c ends what is waited for, and not the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source;

    public Interruption(CliConsole console)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(console.Interrupted);
        Console.CancelKeyPress += Interrupt;
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= Interrupt;
        _source.Dispose();
    }

    private void Interrupt(object? sender, ConsoleCancelEventArgs pressed)
    {
        pressed.Cancel = true;
        _source.Cancel();
    }
}
