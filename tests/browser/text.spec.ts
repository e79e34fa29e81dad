import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { open } from "./settled.ts";

const TEXTS = {
  markup: `<script>window.mark = "pwned"</script>`,
  quotes: `"double" 'single' \`back\` =/> <!-- -->`,
  entities: `&amp; &lt; &#39; &copy; & &&`,
  "closing tags": `</textarea></pre></script></p>`,
  "leading line break": `\nfirst line\n\n`,
  blanks: ` two  spaces\tand a tab `,
  unicode: `grüße 日本 🤖👩‍🚀 e\u0301 \u200f\u2028`,
  empty: ``,
};

/** Where the text shows, as the DOM has it. */
function shown(page: Page) {
  return page.evaluate(() => {
    const get = <T extends HTMLElement>(id: string) => document.querySelector<T>(`#${id}`)!;
    return {
      text: get("text").textContent,
      between: get("between").textContent,
      title: get("attribute").getAttribute("title"),
      data: get("attribute").dataset["text"],
      pre: get("pre").textContent,
      area: get<HTMLTextAreaElement>("area").value,
    };
  });
}

function everywhere(text: string) {
  return { text, between: `before ${text} after ${text}`, title: text, data: text, pre: text, area: text };
}

for (const [name, text] of Object.entries(TEXTS)) {
  test(`${name}: what the server says is what the page shows, at first and after patches`, async ({ page }) => {
    await open(page, `/text?text=${encodeURIComponent(text)}`);
    expect(await shown(page)).toEqual(everywhere(text));
    for (const next of [`${text}${text}`, text]) {
      await page.evaluate(
        async (text) => void (await window.liveSocket.js().push(window.liveSocket.main.el, "show", { value: { text } })),
        next,
      );
      expect(await shown(page)).toEqual(everywhere(next));
    }
    await page.evaluate(async () => {
      await window.liveSocket.js().push(window.liveSocket.main.el, "show", { value: { text: "a <b>" } });
    });
    await expect(page.locator("#fresh")).toHaveText("a <b>");
    expect(await page.evaluate(() => window.mark)).toBeUndefined();
  });
}

test("SVG is drawn in its own namespace, at first and in patches", async ({ page }) => {
  await open(page, "/picture");
  for (const turns of [1, 2, 3, 4]) {
    await expect(page.locator("#label")).toHaveText(`turn ${turns} & <counting>`);
    const picture = await page.locator("#picture").evaluate((svg) => ({
      foreign: [...svg.querySelectorAll("*")].filter((node) => node.namespaceURI !== "http://www.w3.org/2000/svg").length,
      dots: [...svg.querySelectorAll<SVGCircleElement>("circle")].map((dot) => dot.getBBox().width),
      viewBox: svg.getAttribute("viewBox"),
      rotated: svg.querySelector("#even")?.getAttribute("transform") ?? null,
      gradients: svg.querySelectorAll("linearGradient").length,
    }));
    expect(picture).toEqual({
      foreign: 0,
      dots: Array.from({ length: turns }, () => 8),
      viewBox: "0 0 100 100",
      rotated: turns % 2 === 0 ? `rotate(${turns * 10} 50 50)` : null,
      gradients: 1,
    });
    await page.locator("#back").click();
  }
});
