package config

import "slices"

// setting is a Flag with its place in Config and what its text must be.
type setting struct {
	Flag
	// field points at a string, bool, int, time.Duration or []netip.Prefix.
	field func(*Config) any
	// check returns the text in its one form, or a sentence that begins with a
	// verb ("must be ..."); nil: any text. It is not asked about empty texts.
	check func(text string) (string, error)
}

// Sets of commands that share settings.
var (
	running  = []string{"serve", "api", "worker"}
	web      = []string{"serve", "api"}
	working  = []string{"serve", "worker"}
	parts    = []string{"api", "worker"}
	database = []string{"api", "worker", "migrate", "admin", "backup", "restore"}
	folder   = []string{"serve", "migrate", "admin", "backup", "replay"}
	keys     = []string{"api", "worker", "migrate", "admin", "replay"}
	clients  = []string{"import roster", "directory", "services", "plan", "send", "tasks", "sends", "scim", "preflight", "restore"}
	cluster  = []string{"api", "worker", "replay"}

	everyCommand = slices.Concat(running, []string{"migrate", "admin", "backup"}, clients,
		[]string{"replay", "simulate", "healthcheck", "config check"})
)

// settings is the one table of all settings.
func settings() []setting {
	return slices.Concat(placeSettings(), webSettings(), databaseSettings(), temporalSettings(),
		outsideSettings(), workSettings(), clientSettings(), logSettings())
}

func placeSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "data", Commands: slices.Concat(folder, clients), Default: DefaultData, Usage: "data `DIR`; with --demo, " + DemoData + " unless told otherwise"},
			field: func(c *Config) any { return &c.Data },
		},
		{
			Flag:  Flag{Name: "demo", Commands: []string{"serve"}, Default: "false", Usage: "add a made-up school and simulators, in a folder of its own"},
			field: func(c *Config) any { return &c.Demo },
		},
	}
}

func webSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "listen", Commands: append(slices.Clone(web), "healthcheck"), Default: "127.0.0.1:8080", Usage: "`ADDR` of the API and the invitation pages"},
			field: func(c *Config) any { return &c.Listen }, check: hostPort,
		},
		{
			Flag:  Flag{Name: "public-url", Commands: append(slices.Clone(running), "admin"), Usage: "`URL` by which people reach --listen; links in invitations begin with it"},
			field: func(c *Config) any { return &c.PublicURL }, check: baseURL,
		},
		{
			Flag:  Flag{Name: "tls-cert", Commands: append(slices.Clone(web), "healthcheck"), Usage: "certificate chain of --listen, PEM `FILE`"},
			field: func(c *Config) any { return &c.TLSCert }, check: readable,
		},
		{
			Flag:  Flag{Name: "tls-key", Commands: web, Usage: "private key of --tls-cert, PEM `FILE`"},
			field: func(c *Config) any { return &c.TLSKey }, check: groupSecret,
		},
		{
			Flag:  Flag{Name: "trusted-proxies", Commands: web, Usage: "`NETWORKS` whose X-Forwarded-For is believed, with commas between"},
			field: func(c *Config) any { return &c.TrustedProxies },
		},
		{
			Flag:  Flag{Name: "metrics-listen", Commands: []string{"worker", "healthcheck"}, Usage: "`ADDR` where a worker shows /metrics and /livez; none unless told"},
			field: func(c *Config) any { return &c.MetricsListen }, check: hostPort,
		},
		{
			Flag:  Flag{Name: "stop-timeout", Commands: running, Default: "20s", Usage: "`TIME` that requests and deliveries under way get at the end"},
			field: func(c *Config) any { return &c.StopTimeout },
		},
	}
}

func databaseSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "database-url", Commands: database, Secret: true, Usage: "PostgreSQL `URL`: postgres://user:password@host:port/database"},
			field: func(c *Config) any { return &c.DatabaseURL }, check: postgresURL,
		},
		{
			Flag:  Flag{Name: "database-connections", Commands: parts, Default: "16", Usage: "most connections to PostgreSQL, a `NUMBER`"},
			field: func(c *Config) any { return &c.DatabaseConnections }, check: between(2, 1000),
		},
		{
			Flag:  Flag{Name: "secrets-file", Commands: keys, Usage: "`FILE` of the master keys (0600), the same for every process"},
			field: func(c *Config) any { return &c.SecretsFile },
		},
	}
}

func clientSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "server", Commands: clients, Default: "http://127.0.0.1:8080", Usage: "`URL` of the API to ask"},
			field: func(c *Config) any { return &c.Server }, check: baseURL,
		},
		{
			Flag:  Flag{Name: "key-file", Commands: clients, Usage: "`FILE` with the API key; admin.key of the data folder unless told"},
			field: func(c *Config) any { return &c.KeyFile }, check: ownSecret,
		},
	}
}

func logSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "log-level", Commands: running, Default: "info", Usage: "least `LEVEL` that is logged: debug, info, warn or error"},
			field: func(c *Config) any { return &c.LogLevel }, check: oneOf("debug", "info", "warn", "error"),
		},
		{
			Flag:  Flag{Name: "log-format", Commands: running, Default: "auto", Usage: "`FORMAT` of the log: text, json, or auto (text on a terminal)"},
			field: func(c *Config) any { return &c.LogFormat }, check: oneOf("auto", "text", "json"),
		},
		{
			Flag:  Flag{Name: "traces-url", Commands: running, Usage: "`URL` of an OpenTelemetry collector (OTLP over HTTP) that is told of requests, workflows and activities; none unless told"},
			field: func(c *Config) any { return &c.TracesURL }, check: baseURL,
		},
	}
}
