using FerrisDB;
using FerrisDB.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health check of a database.</summary>
public static class FerrisDbHealthChecksBuilderExtensions
{
    /// <summary>
    /// Checks the registered <see cref="Database"/>: healthy if a read works and nothing holds writers up, degraded
    /// while they wait for the disk to catch up, failed if reads fail or writes have stopped. It writes nothing.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a failure counts as; null is <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags by which checks are selected.</param>
    /// <param name="timeout">How long it may take; null is as long as it takes.</param>
    public static IHealthChecksBuilder AddFerrisDb(
        this IHealthChecksBuilder builder, string name = "ferrisdb", HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name,
            static provider => new DatabaseHealthCheck(provider),
            failureStatus,
            tags,
            timeout));
    }
}
