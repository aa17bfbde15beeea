import { expect, test, vi } from "vitest";
import { cached } from "./ttl";

test("loads once within the time to live, again after it", async () => {
  let time = 0;
  const load = vi.fn(async () => "value");
  const get = cached(100, load, () => time);
  await Promise.all([get(), get()]);
  time = 99;
  await get();
  expect(load).toHaveBeenCalledTimes(1);
  time = 100;
  expect(await get()).toBe("value");
  expect(load).toHaveBeenCalledTimes(2);
});

test("a failure is not kept", async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("down")).mockResolvedValue("up");
  const get = cached(100, load, () => 0);
  await expect(get()).rejects.toThrow("down");
  expect(await get()).toBe("up");
});
