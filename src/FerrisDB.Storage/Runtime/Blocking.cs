namespace FerrisDB.Storage;

/// <summary>Waits for asynchronous work at the public boundary, where a caller asked for a blocking call.</summary>
/// <remarks>On a real disk the work has nearly always completed inline, and then nothing is allocated.</remarks>
internal static class Blocking
{
    public static void Wait(ValueTask task)
    {
        if (task.IsCompleted)
            task.GetAwaiter().GetResult();
        else
            task.AsTask().GetAwaiter().GetResult();
    }

    public static T Wait<T>(ValueTask<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();
}
