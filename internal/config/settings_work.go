package config

import "time"

// outsideSettings stand in for services of the world outside, in networks of
// one's own and in tests.
func outsideSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "apns-url", Commands: working, Usage: "`URL` in place of Apple's push service"},
			field: func(c *Config) any { return &c.APNsURL }, check: secureURL,
		},
		{
			Flag:  Flag{Name: "apns-ca", Commands: working, Usage: "authority that signed the certificate of --apns-url, PEM `FILE`"},
			field: func(c *Config) any { return &c.APNsCA }, check: readable,
		},
		{
			Flag:  Flag{Name: "appsbooks-url", Commands: running, Usage: "`URL` in place of Apple's Apps and Books service"},
			field: func(c *Config) any { return &c.AppsBooksURL }, check: booksURL,
		},
		{
			Flag:  Flag{Name: "appsbooks-ca", Commands: running, Usage: "authority that signed the certificate of --appsbooks-url, PEM `FILE`"},
			field: func(c *Config) any { return &c.AppsBooksCA }, check: readable,
		},
		{
			Flag:  Flag{Name: "ask-apple-every", Commands: working, Default: "5m", Usage: "how often Apple is asked who has accepted and which seats are free, a `DURATION`; what Apple notifies is asked for at once"},
			field: func(c *Config) any { return &c.AskAppleEvery }, check: lasting(time.Second, time.Hour),
		},
		{
			Flag:  Flag{Name: "mdm-ca", Commands: working, Usage: "authority that signed the certificate of an MDM server of your own, PEM `FILE`"},
			field: func(c *Config) any { return &c.MDMCA }, check: readable,
		},
		{
			Flag:  Flag{Name: "oidc-ca", Commands: web, Usage: "authority that signed the certificate of the identity provider of administrators, PEM `FILE`"},
			field: func(c *Config) any { return &c.OIDCCA }, check: readable,
		},
		{
			Flag:  Flag{Name: "dns-server", Commands: running, Usage: "`ADDR` of the name server for direct mail; the system's unless told"},
			field: func(c *Config) any { return &c.DNSServer }, check: nameServer,
		},
		{
			Flag:  Flag{Name: "mx-port", Commands: running, Default: "25", Usage: "`PORT` of direct mail"},
			field: func(c *Config) any { return &c.MXPort }, check: between(1, 65535),
		},
		{
			Flag:  Flag{Name: "mail-ca", Commands: running, Usage: "authority to trust for mail servers besides the system's, PEM `FILE`"},
			field: func(c *Config) any { return &c.MailCA }, check: readable,
		},
		{
			Flag:  Flag{Name: "mail-helo", Commands: running, Usage: "`NAME` with which Heraut greets mail servers; the machine's unless told"},
			field: func(c *Config) any { return &c.MailHELO }, check: hostName,
		},
	}
}

// workSettings bound a worker's share of the work.
func workSettings() []setting {
	return []setting{
		{
			Flag:  Flag{Name: "mail-connections", Commands: running, Default: "10", Usage: "most connections to the relay, a `NUMBER`"},
			field: func(c *Config) any { return &c.MailConnections }, check: between(1, 1000),
		},
		{
			Flag:  Flag{Name: "mail-per-domain", Commands: running, Default: "2", Usage: "most connections to one domain in direct mail, a `NUMBER`"},
			field: func(c *Config) any { return &c.MailPerDomain }, check: between(1, 100),
		},
		{
			Flag:  Flag{Name: "push-concurrency", Commands: working, Default: "50", Usage: "most pushes under way, a `NUMBER`"},
			field: func(c *Config) any { return &c.PushConcurrency }, check: between(1, 1000),
		},
		{
			Flag:  Flag{Name: "page-size", Commands: working, Default: "250", Usage: "`NUMBER` of a group's targets that one delivery takes, about"},
			field: func(c *Config) any { return &c.PageSize }, check: between(1, 2000),
		},
		{
			Flag:  Flag{Name: "start-concurrency", Commands: working, Default: "16", Usage: "most workflows that a worker starts at once, a `NUMBER`"},
			field: func(c *Config) any { return &c.StartConcurrency }, check: between(1, 1000),
		},
		{
			Flag:  Flag{Name: "workflow-concurrency", Commands: working, Default: "100", Usage: "most workflow tasks that a worker takes at once, a `NUMBER`"},
			field: func(c *Config) any { return &c.WorkflowConcurrency }, check: between(2, 10000),
		},
		{
			Flag:  Flag{Name: "activity-concurrency", Commands: working, Default: "100", Usage: "most activities that a worker runs at once, a `NUMBER`"},
			field: func(c *Config) any { return &c.ActivityConcurrency }, check: between(1, 10000),
		},
	}
}
