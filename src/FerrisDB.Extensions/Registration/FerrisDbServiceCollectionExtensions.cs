using FerrisDB;
using FerrisDB.Extensions;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a database, and a cache on it.</summary>
public static class FerrisDbServiceCollectionExtensions
{
    /// <summary>
    /// Registers the <see cref="Database"/> of a folder as a singleton. It is opened while the host starts, and closed
    /// with the service provider. What its engine meets goes to the log, in the category <c>FerrisDB</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">The folder, created if it is missing.</param>
    public static IServiceCollection AddFerrisDb(this IServiceCollection services, string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return services.AddFerrisDb(options => options.Folder = folder);
    }

    /// <summary>Registers a <see cref="Database"/> with options that code sets.</summary>
    /// <inheritdoc cref="AddFerrisDb(IServiceCollection, string)"/>
    public static IServiceCollection AddFerrisDb(this IServiceCollection services, Action<FerrisDbOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<FerrisDbOptions>().Configure(configure);
        return services.AddDatabase();
    }

    /// <summary>Registers a <see cref="Database"/> with options from a section of the configuration.</summary>
    /// <inheritdoc cref="AddFerrisDb(IServiceCollection, string)"/>
    public static IServiceCollection AddFerrisDb(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<FerrisDbOptions>().Bind(configuration);
        return services.AddDatabase();
    }

    /// <summary>
    /// Registers an <see cref="IDistributedCache"/> that keeps its entries in the registered <see cref="Database"/>.
    /// </summary>
    /// <remarks>
    /// It also is an <see cref="IBufferDistributedCache"/>, which HybridCache uses to copy less. Time is that of the
    /// registered <see cref="TimeProvider"/>, or the system's.
    /// </remarks>
    public static IServiceCollection AddFerrisDbDistributedCache(
        this IServiceCollection services, Action<FerrisDbCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<FerrisDbCacheOptions>();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddSingleton(static provider => new FerrisDbCache(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<IOptions<FerrisDbCacheOptions>>().Value,
            provider.GetService<TimeProvider>()));
        services.TryAddSingleton<IDistributedCache>(
            static provider => provider.GetRequiredService<FerrisDbCache>());
        return services;
    }

    private static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddOptions<FerrisDbOptions>().ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<FerrisDbOptions>, FerrisDbOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DatabaseStart>());
        services.TryAddSingleton(static provider =>
        {
            var database = DatabaseOpening.Open(provider.GetRequiredService<IOptions<FerrisDbOptions>>());
            if (provider.GetService<ILoggerFactory>() is { } loggers)
                new DatabaseLog(loggers.CreateLogger(DatabaseLog.Category)).Follow(database);
            return database;
        });
        return services;
    }
}
