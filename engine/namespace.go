package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	persistencespb "go.temporal.io/server/api/persistence/v1"
	"go.temporal.io/server/common"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	"go.temporal.io/server/common/persistence/serialization"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/common/primitives/timestamp"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/common/searchattribute/sadefs"
	"google.golang.org/protobuf/proto"
)

// prepareNamespace makes the namespace, or brings its retention and search
// attributes up to date. It runs before the server: its caches then see the
// namespace from the first call on.
func prepareNamespace(ctx context.Context, o Options) error {
	serializer := serialization.NewSerializer()
	factory := sql.NewFactory(*sqlConfig(o.Dir), resolver.NewNoopResolver(), clusterName,
		log.NewNoopLogger(), metrics.NoopMetricsHandler, serializer)
	defer factory.Close()
	store, err := factory.NewMetadataStore()
	if err != nil {
		return fmt.Errorf("opening the engine's namespaces: %w", err)
	}
	manager := persistence.NewMetadataManagerImpl(store, serializer, log.NewNoopLogger(), clusterName)
	defer manager.Close()

	found, err := manager.GetNamespace(ctx, &persistence.GetNamespaceRequest{Name: o.Namespace})
	if _, absent := errors.AsType[*serviceerror.NamespaceNotFound](err); absent {
		return createNamespace(ctx, manager, o)
	}
	if err != nil {
		return fmt.Errorf("reading the namespace %q: %w", o.Namespace, err)
	}
	return updateNamespace(ctx, manager, o, found)
}

func createNamespace(ctx context.Context, manager persistence.MetadataManager, o Options) error {
	detail := newNamespace(o)
	if err := applyOptions(detail, o); err != nil {
		return err
	}
	if _, err := manager.CreateNamespace(ctx, &persistence.CreateNamespaceRequest{Namespace: detail}); err != nil {
		return fmt.Errorf("making the namespace %q: %w", o.Namespace, err)
	}
	return nil
}

func updateNamespace(
	ctx context.Context, manager persistence.MetadataManager, o Options, found *persistence.GetNamespaceResponse,
) error {
	before := proto.Clone(found.Namespace)
	if err := applyOptions(found.Namespace, o); err != nil {
		return err
	}
	if proto.Equal(before, found.Namespace) {
		return nil
	}
	// The server numbers the changes to all namespaces in one row.
	metadata, err := manager.GetMetadata(ctx)
	if err != nil {
		return fmt.Errorf("changing the namespace %q: %w", o.Namespace, err)
	}
	found.Namespace.ConfigVersion++
	err = manager.UpdateNamespace(ctx, &persistence.UpdateNamespaceRequest{
		Namespace:           found.Namespace,
		IsGlobalNamespace:   found.IsGlobalNamespace,
		NotificationVersion: metadata.NotificationVersion,
	})
	if err != nil {
		return fmt.Errorf("changing the namespace %q: %w", o.Namespace, err)
	}
	return nil
}

func newNamespace(o Options) *persistencespb.NamespaceDetail {
	return &persistencespb.NamespaceDetail{
		Info: &persistencespb.NamespaceInfo{
			Id:    primitives.NewUUID().String(),
			State: enumspb.NAMESPACE_STATE_REGISTERED,
			Name:  o.Namespace,
		},
		Config: &persistencespb.NamespaceConfig{
			HistoryArchivalState:    enumspb.ARCHIVAL_STATE_DISABLED,
			VisibilityArchivalState: enumspb.ARCHIVAL_STATE_DISABLED,
		},
		ReplicationConfig: &persistencespb.NamespaceReplicationConfig{
			ActiveClusterName: clusterName,
			Clusters:          []string{clusterName},
		},
		FailoverVersion:             common.EmptyVersion,
		FailoverNotificationVersion: -1,
	}
}

// applyOptions writes retention and search attributes into the namespace.
func applyOptions(detail *persistencespb.NamespaceDetail, o Options) error {
	detail.Config.Retention = timestamp.DurationPtr(o.Retention)
	if detail.Config.CustomSearchAttributeAliases == nil {
		detail.Config.CustomSearchAttributeAliases = map[string]string{}
	}
	aliases := detail.Config.CustomSearchAttributeAliases
	for _, name := range slices.Sorted(maps.Keys(o.SearchAttributes)) {
		if err := addAlias(aliases, name, o.SearchAttributes[name]); err != nil {
			return fmt.Errorf("adding search attribute %s: %w", name, err)
		}
	}
	return nil
}

// addAlias gives a search attribute a column of its type: SQL visibility has a
// fixed number of columns, and each namespace names the ones it uses.
func addAlias(aliases map[string]string, name string, kind enumspb.IndexedValueType) error {
	columns := sadefs.GetDBIndexSearchAttributes(nil).GetCustomSearchAttributes()
	free := ""
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		alias, taken := aliases[column]
		switch {
		case alias == name && columns[column] == kind:
			return nil
		case alias == name:
			return fmt.Errorf("it has the type %s already", columns[column])
		case !taken && columns[column] == kind && free == "":
			free = column
		}
	}
	if free == "" {
		return fmt.Errorf("all columns of type %s are taken", kind)
	}
	aliases[free] = name
	return nil
}
