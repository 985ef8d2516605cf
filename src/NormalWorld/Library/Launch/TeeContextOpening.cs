using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Serving;

namespace RestrictedTee.NormalWorld.Launch;

/// <summary>The two ways to a context (TEEC_InitializeContext): <c>TeeContext.Launch()</c> and <c>TeeContext.Connect()</c>.</summary>
public static class TeeContextOpening
{
    extension(TeeContext)
    {
        /// <summary>Starts a TEE of one's own and connects to it; it ends with the context.</summary>
        /// <exception cref="TeeLaunchException">It did not start; the message says why.</exception>
        public static TeeContext Launch(LaunchOptions? options = null)
        {
            TeeEnvironment environment = TeeEnvironment.Launch(options);
            return new TeeContext(environment.OpenDevice(), environment);
        }

        /// <summary>Connects to a TEE that <c>rtee up</c> keeps running.</summary>
        /// <param name="name">Its instance name.</param>
        /// <exception cref="TeeLaunchException">There is none of that name, or it is another user's.</exception>
        public static TeeContext Connect(string name = RunFolder.DefaultName) => new(RemoteDevice.Connect(RunFolder.SocketOf(name)));
    }
}
