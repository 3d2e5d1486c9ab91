package engine

import (
	"maps"
	"net/url"
	"path/filepath"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
)

// clusterName is the server's name for a cluster of one.
const clusterName = "active"

// storeName names the SQLite file in the server's configuration.
const storeName = "sqlite"

// pragmas are set on the server's connection to the file. The server itself
// sets none: its defaults are neither durable nor patient.
var pragmas = map[string]string{
	"busy_timeout":       "10000", // milliseconds; backups read beside the server
	"journal_mode":       "wal",
	"synchronous":        "full",
	"cache_size":         "-16384",   // KiB
	"journal_size_limit": "67108864", // bytes; the WAL shrinks back after a burst
}

// sqlConfig tells the server how to open the file.
func sqlConfig(dir string) *config.SQL {
	attributes := maps.Clone(pragmas)
	attributes["mode"] = "rw" // the file is made with its schema, before
	return &config.SQL{
		PluginName: sqlite.PluginName,
		// The name becomes part of a URI unescaped.
		DatabaseName:      (&url.URL{Path: filepath.Join(dir, FileName)}).EscapedPath(),
		ConnectAttributes: attributes,
		// The driver begins transactions as readers; with more than one
		// connection, becoming a writer would fail at once when another wrote.
		MaxConns:     1,
		MaxIdleConns: 1,
	}
}

func serverConfig(o Options, p ports) *config.Config {
	frontend := p.frontendAddress()
	return &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     storeName,
			VisibilityStore:  storeName,
			NumHistoryShards: o.Shards,
			DataStores: map[string]config.DataStore{
				storeName: {SQL: sqlConfig(o.Dir), FaultInjection: o.FaultInjection},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			"frontend": service(p.ip, p.frontend),
			"history":  service("127.0.0.1", p.history),
			"matching": service("127.0.0.1", p.matching),
			"worker":   service("127.0.0.1", p.worker),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
}

func service(ip string, port int) config.Service {
	return config.Service{RPC: config.RPC{BindOnIP: ip, GRPCPort: port}}
}

// hosts tells each service where the others are, in place of gossip.
func hosts(p ports) map[primitives.ServiceName]static.Hosts {
	return map[primitives.ServiceName]static.Hosts{
		primitives.FrontendService: static.SingleLocalHost(p.frontendAddress()),
		primitives.HistoryService:  static.SingleLocalHost(loopback(p.history)),
		primitives.MatchingService: static.SingleLocalHost(loopback(p.matching)),
		primitives.WorkerService:   static.SingleLocalHost(loopback(p.worker)),
	}
}

// dynamicConfig fits the server to one machine with one user.
func dynamicConfig(overrides map[string]any) dynamicconfig.StaticClient {
	const unlimited = 1_000_000 // a second; the limits protect tenants from each other
	settings := dynamicconfig.StaticClient{
		// Nothing is sent to the server's makers.
		dynamicconfig.EnableServerVersionCheck.Key(): false,
		// One partition a queue: spreading a queue over four helps a cluster only.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// Thousands of sleeping workflows need not be in memory. The sizes are
		// those of what is stored; in memory it is some ten times as much.
		dynamicconfig.HistoryCacheSizeBasedLimit.Key():        true,
		dynamicconfig.HistoryCacheHostLevelMaxSizeBytes.Key(): 1 << 20,
		dynamicconfig.EnableHostLevelEventsCache.Key():        true,
		dynamicconfig.EventsHostLevelCacheMaxSizeBytes.Key():  1 << 20,
		// The server's own workers make the cache that all workers of this
		// process share; a workflow in it is a goroutine and 30 KB or so.
		dynamicconfig.WorkerStickyCacheSize.Key(): 250,
		// Goroutines that wait for work: one connection to one file keeps few busy.
		dynamicconfig.TransferProcessorSchedulerWorkerCount.Key():               128,
		dynamicconfig.TimerProcessorSchedulerWorkerCount.Key():                  128,
		dynamicconfig.VisibilityProcessorSchedulerWorkerCount.Key():             64,
		dynamicconfig.ArchivalProcessorSchedulerWorkerCount.Key():               1,
		dynamicconfig.ReplicationProcessorSchedulerWorkerCount.Key():            1,
		dynamicconfig.ReplicationLowPriorityProcessorSchedulerWorkerCount.Key(): 1,

		dynamicconfig.FrontendRPS.Key():                                  unlimited,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():           unlimited,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 1_000,
		dynamicconfig.FrontendPersistenceMaxQPS.Key():                    unlimited,
		dynamicconfig.MatchingRPS.Key():                                  unlimited,
		dynamicconfig.MatchingPersistenceMaxQPS.Key():                    unlimited,
		dynamicconfig.HistoryRPS.Key():                                   unlimited,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():                     unlimited,
		dynamicconfig.VisibilityPersistenceMaxReadQPS.Key():              unlimited,
		dynamicconfig.VisibilityPersistenceMaxWriteQPS.Key():             unlimited,
	}
	for name, value := range overrides {
		settings[dynamicconfig.MakeKey(name)] = value
	}
	return settings
}
