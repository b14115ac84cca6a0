namespace FerrisDB.Server;

/// <summary>Who has started a server, learns how it is, and says when it is to end.</summary>
internal interface IServiceHost
{
    /// <summary>Completes when it is to end.</summary>
    Task StopWanted { get; }

    /// <summary>The log goes to the system's own, because nobody sees standard error.</summary>
    bool HasEventLog { get; }

    /// <summary>It serves.</summary>
    /// <param name="status">What and where, in a line.</param>
    /// <param name="answer">Asks the server for something, and completes when it has answered.</param>
    void Ready(string status, Func<Task> answer);

    /// <summary>It takes nothing more.</summary>
    void Stopping();
}
