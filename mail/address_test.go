package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/mail"
)

func TestAddressIsNormalized(t *testing.T) {
	for address, want := range map[string]string{
		"sanne@school.test":               "sanne@school.test",
		"Sanne.de.Wit+4a@School.Test":     "Sanne.de.Wit+4a@school.test",
		"o'neil_#!$%&*/=?^`{|}~-@a.b.c":   "o'neil_#!$%&*/=?^`{|}~-@a.b.c",
		"info@bücher.test":                "info@xn--bcher-kva.test",
		"zoë@school.test":                 "zoë@school.test",
		"zoe\u0308@school.test":           "zoë@school.test",
		"用户@例子.测试":                        "用户@xn--fsqu00a.xn--0zwm56d",
		strings.Repeat("a", 64) + "@b.nl": strings.Repeat("a", 64) + "@b.nl",
	} {
		got, problem := mail.NormalizeAddress(address)
		require.Empty(t, problem, address)
		require.Equal(t, want, got)
	}
}

func TestAddressIsRefused(t *testing.T) {
	for _, address := range []string{
		"", "@", "sanne", "sanne@", "@school.test", "a@b", "a b@school.test", "a@school test",
		"a@localhost", "a@x.localhost", "a@LOCALHOST", "a@[127.0.0.1]", "a@127.0.0.1", "a@[IPv6:::1]",
		".a@school.test", "a.@school.test", "a..b@school.test", "a@b@school.test", "a@.school.test", "a@school..test",
		"a@school.test.", "a@-school.test", "a@sch_ool.test", "<a@school.test>", "Sanne <a@school.test>",
		`"a"@school.test`, `"a b"@school.test`, `"a> SIZE=1 <b"@school.test`,
		`"toni.tester@example.com> ORCPT=admin@admin.com"@example.com`, // CVE-2025-59937
		"a@school.test> SIZE=1", "a>@school.test", "a@school.test,b@school.test", "a(x)@school.test",
		"a\r\nRCPT TO:<b@x.nl>@school.test", "a\n@school.test", "a\x00@school.test", "a\u2028@school.test",
		"a@school.test\r\n", "a\t@school.test", "a\xff@school.test", "a@school.test\u2028",
		strings.Repeat("a", 65) + "@b.nl", "a@" + strings.Repeat("b", 64) + ".nl",
		"a@" + strings.Repeat("b.", 130) + "nl", strings.Repeat("a", 100<<10) + "@school.test",
	} {
		_, problem := mail.NormalizeAddress(address)
		require.NotEmpty(t, problem, "%.60q", address)
	}
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"a@b.nl", `"a b"@c.nl`, "zoë@bücher.test", "a@[::1]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		normalized, problem := mail.NormalizeAddress(address)
		if problem != "" {
			return
		}
		require.False(t, strings.ContainsAny(normalized, "<>\" \r\n\t\x00"), normalized)
		again, problem := mail.NormalizeAddress(normalized)
		require.Empty(t, problem)
		require.Equal(t, normalized, again)
	})
}
