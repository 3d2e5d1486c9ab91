package heraut_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// composeProject loads docker-compose.yml as `docker compose` does, with the
// variables that deploy/prepare.sh writes.
func composeProject(t *testing.T) *types.Project {
	t.Helper()
	content, err := os.ReadFile("docker-compose.yml")
	require.NoError(t, err)
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  ".",
		ConfigFiles: []types.ConfigFile{{Filename: "docker-compose.yml", Content: content}},
		Environment: types.Mapping{
			"POSTGRES_PASSWORD":          "p",
			"DATABASE_PASSWORD":          "h",
			"TEMPORAL_DATABASE_PASSWORD": "t",
		},
	}, func(o *loader.Options) { o.SetProjectName("heraut", true) })
	require.NoError(t, err)
	return project
}

// oneShot reports whether a service ends by itself when its work is done.
func oneShot(service types.ServiceConfig) bool {
	return strings.HasPrefix(service.Restart, "on-failure")
}

func TestComposeHasEveryPart(t *testing.T) {
	project := composeProject(t)
	for _, name := range []string{"postgresql", "temporal", "temporal-ui", "mailpit", "migrate", "api", "worker"} {
		assert.Contains(t, project.Services, name)
	}
}

func TestComposeImagesArePinned(t *testing.T) {
	version := regexp.MustCompile(`:v?\d+\.\d+(\.\d+)?$`)
	for name, service := range composeProject(t).Services {
		if service.Build == nil {
			assert.Regexp(t, version, service.Image, "image of %s", name)
		}
	}
	content, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	bases := regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`).FindAllStringSubmatch(string(content), -1)
	require.NotEmpty(t, bases)
	for _, base := range bases {
		if base[1] == "scratch" {
			continue
		}
		assert.Regexp(t, `:\d+\.\d+\.\d+(-\w+)?$`, base[1], "base image in Dockerfile")
	}
}

func TestComposeServicesAreWatched(t *testing.T) {
	for name, service := range composeProject(t).Services {
		assert.NotEmpty(t, service.Restart, "%s: nothing says when it starts again", name)
		if oneShot(service) {
			continue
		}
		if assert.NotNil(t, service.HealthCheck, "%s has no health check", name) {
			assert.NotEmpty(t, service.HealthCheck.Test, "health check of %s", name)
		}
	}
}

func TestComposeDependenciesWaitForTheRightThing(t *testing.T) {
	project := composeProject(t)
	for name, service := range project.Services {
		for on, dependency := range service.DependsOn {
			want := types.ServiceConditionHealthy
			if oneShot(project.Services[on]) {
				want = types.ServiceConditionCompletedSuccessfully
			}
			assert.Equal(t, want, dependency.Condition, "%s depends on %s", name, on)
		}
	}
}

func TestComposeDependenciesHaveNoCycle(t *testing.T) {
	project := composeProject(t)
	done := map[string]bool{}
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		require.NotContains(t, path, name, "services wait for each other: %s", strings.Join(append(path, name), " -> "))
		if done[name] {
			return
		}
		for on := range project.Services[name].DependsOn {
			visit(on, append(slices.Clone(path), name))
		}
		done[name] = true
	}
	for name := range project.Services {
		visit(name, nil)
	}
}

func TestComposePublishesOnLoopbackOnly(t *testing.T) {
	for name, service := range composeProject(t).Services {
		for _, port := range service.Ports {
			assert.Equal(t, "127.0.0.1", port.HostIP, "port %s of %s", port.Published, name)
		}
	}
}

func TestComposeRunsHerautWithoutPrivileges(t *testing.T) {
	for name, service := range composeProject(t).Services {
		if service.Build == nil {
			continue
		}
		assert.True(t, service.ReadOnly, "%s writes to its image", name)
		assert.Equal(t, []string{"ALL"}, service.CapDrop, "capabilities of %s", name)
		assert.Contains(t, service.SecurityOpt, "no-new-privileges:true", name)
	}
}

func TestComposeMountsExist(t *testing.T) {
	for name, service := range composeProject(t).Services {
		for _, mount := range service.Volumes {
			if mount.Type == types.VolumeTypeBind {
				_, err := os.Stat(mount.Source)
				assert.NoError(t, err, "%s mounts %s", name, mount.Source)
			}
		}
	}
}
