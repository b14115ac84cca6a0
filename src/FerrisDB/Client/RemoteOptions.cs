namespace FerrisDB;

/// <summary>How a client behaves towards servers.</summary>
/// <param name="RequestTimeout">How long a request looks for a server that is alive.</param>
/// <param name="HasIdempotency">Commits have ids, so that they can be sent again.</param>
/// <param name="Clock">Tells the time of all this.</param>
/// <param name="ClientId">Another number for each client: part of the ids of its commits.</param>
internal sealed record RemoteOptions(
    TimeSpan RequestTimeout, bool HasIdempotency, TimeProvider Clock, ulong ClientId)
{
    /// <summary>The access token at the moment; empty if there is none.</summary>
    public Func<string> Token { get; init; } = static () => "";

    /// <summary>
    /// Who awaits an answer goes on in the thread that receives, without a way to another one: for those who never
    /// hold it up.
    /// </summary>
    public bool AnswersInline { get; init; }

    /// <summary>How long one attempt to connect may take.</summary>
    public TimeSpan ConnectTimeout => RequestTimeout < ConnectTimeoutMax ? RequestTimeout : ConnectTimeoutMax;

    /// <summary>How often it is looked whether somebody has waited too long.</summary>
    public TimeSpan Step => RequestTimeout / 8 < StepMax ? RequestTimeout / 8 : StepMax;

    /// <summary>After so much silence the server is asked whether it is there.</summary>
    public TimeSpan PingAfter => RequestTimeout / 4 < PingAfterMax ? RequestTimeout / 4 : PingAfterMax;

    /// <summary>
    /// After so much silence the connection is taken for dead, and another one is looked for: early enough that what
    /// was asked can be asked there, before it has waited too long.
    /// </summary>
    public TimeSpan SilenceMax => RequestTimeout / 2 < SilenceMaxMax ? RequestTimeout / 2 : SilenceMaxMax;

    private static TimeSpan ConnectTimeoutMax => TimeSpan.FromSeconds(5);

    private static TimeSpan StepMax => TimeSpan.FromMilliseconds(500);

    // Servers let go who is silent for long.
    private static TimeSpan PingAfterMax => TimeSpan.FromSeconds(10);

    private static TimeSpan SilenceMaxMax => TimeSpan.FromSeconds(30);
}
