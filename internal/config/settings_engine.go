package config

import "slices"

func temporalSettings() []setting {
	return slices.Concat(ownEngineSettings(), clusterSettings())
}

// ownEngineSettings are for the Temporal server in the process.
func ownEngineSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "temporal-listen", Commands: []string{"serve"}, Default: "127.0.0.1:7233", Usage: "loopback `ADDR` of the Temporal server"},
			field: func(c *Config) any { return &c.TemporalListen }, check: loopback,
		},
		{
			Flag:  Flag{Name: "temporal-ui-listen", Commands: []string{"serve"}, Default: "127.0.0.1:8233", Usage: "loopback `ADDR` of the Temporal UI"},
			field: func(c *Config) any { return &c.TemporalUIListen }, check: loopback,
		},
		{
			Flag:  Flag{Name: "temporal-retention", Commands: []string{"serve"}, Default: "2160h", Usage: "`TIME` that closed workflow runs are kept"},
			field: func(c *Config) any { return &c.TemporalRetention }, check: atLeastADay,
		},
	}
}

// clusterSettings are for an existing Temporal cluster.
func clusterSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "temporal-address", Commands: cluster, Default: "127.0.0.1:7233", Usage: "`ADDR` of the Temporal cluster"},
			field: func(c *Config) any { return &c.TemporalAddress }, check: hostPort,
		},
		{
			Flag:  Flag{Name: "temporal-namespace", Commands: append([]string{"serve"}, cluster...), Default: "default", Usage: "Temporal namespace, a `NAME`"},
			field: func(c *Config) any { return &c.TemporalNamespace }, check: namespace,
		},
		{
			Flag:  Flag{Name: "temporal-tls", Commands: cluster, Default: "false", Usage: "connect to Temporal with TLS; the other TLS and API key settings imply it"},
			field: func(c *Config) any { return &c.TemporalTLS },
		},
		{
			Flag:  Flag{Name: "temporal-tls-cert", Commands: cluster, Usage: "client certificate for Temporal, PEM `FILE`"},
			field: func(c *Config) any { return &c.TemporalTLSCert }, check: readable,
		},
		{
			Flag:  Flag{Name: "temporal-tls-key", Commands: cluster, Usage: "private key of --temporal-tls-cert, PEM `FILE`"},
			field: func(c *Config) any { return &c.TemporalTLSKey }, check: groupSecret,
		},
		{
			Flag:  Flag{Name: "temporal-tls-ca", Commands: cluster, Usage: "authority that signed Temporal's certificate, PEM `FILE`"},
			field: func(c *Config) any { return &c.TemporalTLSCA }, check: readable,
		},
		{
			Flag:  Flag{Name: "temporal-tls-server-name", Commands: cluster, Usage: "`NAME` in Temporal's certificate, where it is not the address's"},
			field: func(c *Config) any { return &c.TemporalTLSServerName },
		},
		{
			Flag:  Flag{Name: "temporal-api-key", Commands: cluster, Secret: true, Usage: "`KEY` for Temporal; others on the machine see flags, so better its variable or file"},
			field: func(c *Config) any { return &c.TemporalAPIKey },
		},
		{
			Flag:  Flag{Name: "temporal-api-key-file", Commands: cluster, Usage: "`FILE` with the key for Temporal"},
			field: func(c *Config) any { return &c.TemporalAPIKeyFile }, check: ownSecret,
		},
		{
			Flag:  Flag{Name: "temporal-ui-url", Commands: []string{"api"}, Usage: "`URL` of the cluster's UI, which may then ask to decode payloads"},
			field: func(c *Config) any { return &c.TemporalUIURL }, check: baseURL,
		},
		{
			// Under serve the default is true: the engine's file lies beside
			// the store's.
			Flag:  Flag{Name: namesSetting, Commands: append([]string{"serve"}, parts...), Default: "false", Usage: "show people's and devices' names in the Temporal UI's list (serve: on unless told)"},
			field: func(c *Config) any { return &c.NamesInEngine },
		},
	}
}
