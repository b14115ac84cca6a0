using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace FerrisDB.Backup.S3;

/// <summary>Says in the database's words what a store or the network has refused.</summary>
internal static class S3Errors
{
    public static bool IsMissing(AmazonS3Exception error) =>
        error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket";

    /// <summary>The object is there already, or another request for the same is under way.</summary>
    public static bool IsTaken(AmazonS3Exception error) =>
        error.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict;

    public static bool IsFailure(Exception error) =>
        error is AmazonServiceException or AmazonClientException or HttpRequestException or IOException;

    public static FerrisException Translate(string operation, Exception error) =>
        new(ErrorCode.IoError, $"Cannot {operation}: {error.Message.TrimEnd('.')}.", error);

    public static async ValueTask<T> TranslateAsync<T>(string operation, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (IsFailure(error))
        {
            throw Translate(operation, error);
        }
    }
}
