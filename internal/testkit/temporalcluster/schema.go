package temporalcluster

import (
	"errors"
	"fmt"
	"io/fs"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/schema"
	v12 "go.temporal.io/server/schema/postgresql/v12"
)

// setUpSchemas makes the tables that the server expects, as its SQL tool does.
func setUpSchemas(s settings) error {
	return errors.Join(
		setUpSchema(s.Store, "postgresql/v12/temporal/schema.sql", v12.Version),
		setUpSchema(s.Visibility, "postgresql/v12/visibility/schema.sql", v12.VisibilityVersion),
	)
}

func setUpSchema(d database, file, version string) (err error) {
	text, err := fs.ReadFile(schema.Assets(), file)
	if err != nil {
		return err
	}
	db, err := sql.NewSQLAdminDB(sqlplugin.DbKindUnknown, &config.SQL{
		PluginName: postgresql.PluginName, ConnectProtocol: "tcp",
		ConnectAddr: d.Address, User: d.User, DatabaseName: d.Name,
	}, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		return fmt.Errorf("connecting to database %s: %w", d.Name, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.CreateSchemaVersionTables(); err != nil {
		return fmt.Errorf("making version tables in %s: %w", d.Name, err)
	}
	if err := db.Exec(string(text)); err != nil {
		return fmt.Errorf("running %s: %w", file, err)
	}
	return db.UpdateSchemaVersion(d.Name, version, version)
}
